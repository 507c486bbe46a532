import { X509Certificate } from "node:crypto";
import * as z from "zod";
import { type Call, noContent, timestamp } from "../call.ts";
import { conflict, unprocessable } from "../errors.ts";
import { create, resource, update } from "../resource.ts";
import { LONGEST } from "../spaces/cdn.ts";
import { bucketOf, type CdnEndpoint, hostOf, KIND } from "../spaces/cdn-endpoint.ts";
import type { Saved } from "../store.ts";
import type { Area } from "./area.ts";
import { type Certificate, certificateNamed, certificates, useCertificates } from "./certificates.ts";

/** CDN endpoints. What they serve is in ../spaces/cdn.ts. */

/** Seconds (API description, cdn_endpoint). */
const TTLS = [60, 600, 3600, 86_400, LONGEST];
const DEFAULT_TTL = 3600;
/** In place of a certificate's id: the platform gets one of its own. */
const PLATFORM_CERTIFICATE = "needs-cloudflare-cert";
/** Paths that one request purges (API description, cdn_purge_cache: 50 in 20 seconds). */
const MAX_PURGED = 50;

const Ttl = z.int().refine((ttl) => TTLS.includes(ttl), `must be one of ${TTLS.join(", ")}`);
const Host = z
  .string()
  .regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/i, "must be a fully qualified domain name")
  .toLowerCase()
  .or(z.literal(""));
const Custom = { custom_domain: Host.nullish(), certificate_id: z.string().nullish() };

export const endpoints = resource<CdnEndpoint>({
  kind: KIND,
  path: "/v2/cdn/endpoints",
  roots: ["endpoint", "endpoints"],
  urn: "cdn",
  nameTaken: (origin) => conflict(`a CDN endpoint for ${origin} already exists`),

  create: create({
    input: z.object({ origin: z.string(), ttl: Ttl.or(z.literal(0)).nullish(), ...Custom }),
    make(input, call) {
      if (!bucketOf(call, input.origin)) throw unprocessable("invalid origin"); // so is one with a dot in its name (terraform-provider-digitalocean#993)
      const custom = customOf(input.custom_domain ?? "", input.certificate_id ?? "", call);
      return { name: input.origin, ttl: input.ttl || DEFAULT_TTL, ...custom, purges: [] };
    },
    also: use,
  }),

  update: {
    PUT: update({
      input: z.object({ ttl: Ttl.nullish(), ...Custom }),
      apply(endpoint, input, call) {
        const isCustom = input.custom_domain !== undefined || input.certificate_id !== undefined;
        const changed: Saved<CdnEndpoint> = {
          ...endpoint,
          ttl: input.ttl ?? endpoint.ttl,
          ...(isCustom && customOf(input.custom_domain ?? "", input.certificate_id ?? "", call)),
        };
        use(changed, input, call);
        return changed;
      },
    }),
  },
  remove: { also: (endpoint, call) => useCertificates(call, endpoint.urn ?? "", []) },

  view: (endpoint, call) => ({
    id: endpoint.id,
    origin: endpoint.name,
    endpoint: hostOf(endpoint.name),
    created_at: timestamp(endpoint.createdAt),
    ttl: endpoint.ttl,
    ...(endpoint.customDomain && {
      custom_domain: endpoint.customDomain,
      certificate_id: certificateNamed(call, endpoint.certificate)?.id ?? endpoint.certificate,
    }),
  }),
  row: (endpoint) => ({
    address: endpoint.customDomain || hostOf(endpoint.name),
    detail: `kept ${endpoint.ttl} s`,
  }),
});

function customOf(
  customDomain: string,
  id: string,
  call: Call,
): Pick<CdnEndpoint, "customDomain" | "certificate"> {
  if (customDomain === "" && id === "") return { customDomain: "", certificate: "" };
  if (customDomain === "" || id === "")
    throw unprocessable("custom_domain and certificate_id must be given together");
  const taken = endpoints.all(call).find((other) => other.customDomain === customDomain);
  if (taken && taken.id !== call.params.id)
    throw conflict(`custom_domain: ${customDomain} is in use by another endpoint`);
  if (id === PLATFORM_CERTIFICATE) return { customDomain, certificate: PLATFORM_CERTIFICATE };
  const certificate = certificates.find(call, id);
  if (!certificate) throw unprocessable(`certificate_id: there is no certificate ${id}`);
  refuseUnusable(certificate, customDomain, call);
  return { customDomain, certificate: certificate.name };
}

/** What the platform's edge can't use: terraform-provider-digitalocean#1135; https://docs.digitalocean.com/products/spaces/details/limits/. */
function refuseUnusable(
  { name, type, dns_names, chain }: Saved<Certificate>,
  host: string,
  call: Call,
): void {
  if (/cloudflare origin/i.test(new X509Certificate(chain).issuer))
    throw unprocessable(
      "invalid certificate issued by Cloudflare origin CA (type: invalid-cert, retryable: false): invalid certificate issued by Cloudflare origin CA",
    );
  const wildcard = host.replace(/^[^.]+/, "*");
  if (!dns_names.some((one) => one === host || one === wildcard))
    throw unprocessable(`certificate_id: the certificate ${name} is not for ${host}`);
  const holders = call.store.holders("certificate", name, call.now).map(({ holder }) => holder);
  const isMine = holders.every((holder) => holder === `do:cdn:${call.params.id}`);
  if (type === "custom" && dns_names.includes(wildcard) && !isMine)
    throw unprocessable(`certificate_id: the custom wildcard certificate ${name} is in use elsewhere`);
}

function use(endpoint: Saved<CdnEndpoint>, _input: unknown, call: Call): void {
  const named =
    endpoint.certificate === "" || endpoint.certificate === PLATFORM_CERTIFICATE
      ? []
      : [endpoint.certificate];
  useCertificates(call, endpoint.urn ?? "", named);
}

endpoints.on(
  "DELETE",
  "/cache",
  z.object({ files: z.array(z.string()).min(1).max(MAX_PURGED) }),
  (endpoint, { files }, call) => {
    // Nothing is kept for longer, so that no older purge can matter.
    const before = endpoint.purges.filter(({ at }) => at + LONGEST * 1000 > call.now);
    const purges = files.map((file) => ({ path: file.replace(/^\//, ""), at: call.now }));
    endpoints.save(call, { ...endpoint, purges: [...before, ...purges] });
    return noContent();
  },
);

export const area: Area = { title: "CDN", resources: [endpoints] };
