/** A CDN endpoint in front of a bucket (terraform-provider-digitalocean: resource_cdn). */

import { equal } from "../../provider/plan.ts";
import type { Existing, Operation, Resource } from "../../provider/resource.ts";
import { integer, notEmpty, type Properties, string } from "../../provider/schema.ts";
import { unknown, type Value, type Values } from "../../provider/values.ts";
import { type Api, asBody } from "../api.ts";
import { goTime } from "../body.ts";
import { certificateId, certificateName } from "../certificates.ts";
import { named, unlessGone } from "../rest.ts";

/** In place of a certificate: the platform gets one of its own. */
const PLATFORM = "needs-cloudflare-cert";

const properties: Properties = {
  origin: string({ required: true, replaces: true, check: notEmpty }),
  ttl: integer({
    computed: true,
    check: (ttl) => (typeof ttl === "number" && ttl < 0 ? "must be at least 0" : undefined),
  }),
  /** Its name, whatever it says: an id changes when a certificate is renewed. */
  certificateId: string({ computed: true, deprecated: true }),
  certificateName: string({ computed: true }),
  customDomain: string(),
  endpoint: string({ output: true }),
  createdAt: string({ output: true, read: goTime }),
};

const path = (id = ""): string => `/v2/cdn/endpoints${id && `/${id}`}`;
const given = (value: Value | undefined): string =>
  value === undefined || value === unknown ? "" : String(value ?? "");

/** The id behind a name; what names nothing may be an id itself where `orId` says so. */
async function idOf(operation: Operation<Api>, name: string, orId = false): Promise<string> {
  if (name === "" || name === PLATFORM) return name;
  try {
    return await certificateId(operation, name);
  } catch (error) {
    if (orId && (await unlessGone(() => certificateName(operation, name)))) return name;
    throw error;
  }
}

async function read(operation: Operation<Api>, id: string): Promise<Existing> {
  const endpoint = asBody((await operation.client.call("GET", path(id), operation)).endpoint);
  const certificate = String(endpoint.certificate_id ?? "");
  const name =
    certificate === "" || certificate === PLATFORM
      ? certificate
      : await certificateName(operation, certificate);
  return {
    id: String(endpoint.id),
    state: {
      origin: String(endpoint.origin),
      ttl: Number(endpoint.ttl),
      endpoint: String(endpoint.endpoint),
      createdAt: goTime(endpoint.created_at),
      customDomain: String(endpoint.custom_domain ?? ""),
      certificateId: name,
      certificateName: name,
    },
  };
}

const cdn: Resource<Api> = {
  properties,
  create: (operation, planned) =>
    named("creating CDN", async () => {
      const byName = await idOf(operation, given(planned.certificateName));
      const certificate = byName || (await idOf(operation, given(planned.certificateId), true));
      const answer = await operation.client.call("POST", path(), operation, {
        origin: planned.origin,
        ...(given(planned.ttl) !== "" && planned.ttl !== 0 && { ttl: planned.ttl }),
        ...(planned.customDomain && { custom_domain: planned.customDomain }),
        ...(certificate !== "" && { certificate_id: certificate }),
      });
      return read(operation, String(asBody(answer.endpoint).id));
    }),
  /** One that is gone is an error at first: so it is in the official plugin, which tells the state and fails. */
  read: (operation, id) => named("reading CDN", () => read(operation, id)),
  update: (operation, id, planned, prior) =>
    named("updating CDN", async () => {
      const changed = (name: string) => !equal(properties[name], prior[name], planned[name]);
      if (changed("ttl")) await operation.client.call("PUT", path(id), operation, { ttl: planned.ttl });
      if (["certificateId", "certificateName", "customDomain"].some(changed))
        await operation.client.call("PUT", path(id), operation, {
          custom_domain: given(planned.customDomain),
          certificate_id: await idOf(operation, given(planned.certificateName)),
        });
      return read(operation, id);
    }),
  delete: (operation, id, _state: Values) =>
    named("deleting CDN", async () => {
      await unlessGone(() => operation.client.call("DELETE", path(id), operation));
    }),
};
export default cdn;
