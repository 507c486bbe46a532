/** A TLS certificate (terraform-provider-digitalocean: resource_certificate). Its id is its name: a renewal changes the platform's. */
import { createHash } from "node:crypto";
import { type Existing, type Operation, PartialFailure, type Resource } from "../../provider/resource.ts";
import { notEmpty, oneOf, type Properties, set, string } from "../../provider/schema.ts";
import type { Value, Values } from "../../provider/values.ts";
import { type Api, asBody, type Body, until, whileRefused } from "../api.ts";
import { fromBody, toBody } from "../body.ts";
import { certificateNamed } from "../certificates.ts";
import { named, unlessGone } from "../rest.ts";

const fixed = { replaces: true, check: notEmpty } as const;
const digest = (pem: Value): string => createHash("sha1").update(String(pem)).digest("hex");
/** The state has a digest of it alone; old ones had all of it. */
const digested = {
  ...fixed,
  writeOnly: true,
  same: (old: Value, now: Value): boolean => now !== "" && (old === digest(now) || old === now),
} as const;

const properties: Properties = {
  name: string({ ...fixed, required: true, autoname: 255 }),
  type: string({ replaces: true, default: "custom", check: oneOf("custom", "lets_encrypt") }),
  privateKey: string({ ...digested, secret: true }),
  leafCertificate: string(digested),
  certificateChain: string(digested),
  /** For a custom one the platform reads them from the certificate. */
  domains: set(string({ check: notEmpty }), {
    api: "dns_names",
    computed: true,
    replaces: true,
    conflicts: ["privateKey", "leafCertificate", "certificateChain"],
  }),
  uuid: string({ output: true, api: "id" }),
  state: string({ output: true }),
  notAfter: string({ output: true }),
  sha1Fingerprint: string({ output: true, api: "sha1_fingerprint" }),
};

const existing = (certificate: Body): Existing => ({
  id: String(certificate.name),
  state: fromBody(properties, certificate),
});

/** What a type can't do without: the official plugin, too, says so when it creates one. */
function refuseIncomplete({ type, domains, privateKey, leafCertificate }: Values): void {
  const refuse = (field: string, kind: string): never => {
    throw new Error(`\`${field}\` is required for when type is ${kind}`);
  };
  if (type === "lets_encrypt") {
    if (!domains) refuse("domains", "`lets_encrypt`");
    return;
  }
  if (!privateKey) refuse("private_key", "`custom` or empty");
  if (!leafCertificate) refuse("leaf_certificate", "`custom` or empty");
}

/** One that isn't verified stays in the state: it exists, and has its name. */
async function verified(operation: Operation<Api>, made: Body): Promise<Existing> {
  const name = String(made.name);
  let last = made;
  const settle = async (): Promise<true | undefined> => {
    const path = `/v2/certificates/${String(made.id)}`;
    last = asBody((await operation.client.call("GET", path, operation)).certificate);
    return last.state === "pending" ? undefined : true;
  };
  try {
    await until(operation, `waiting for certificate ${name} to become verified`, settle);
    if (last.state !== "verified")
      throw new Error(`certificate ${name} is in state ${String(last.state)}, not verified`);
  } catch (error) {
    throw new PartialFailure(existing(last), error instanceof Error ? error.message : String(error));
  }
  return existing(last);
}

const certificate: Resource<Api> = {
  properties,
  schemaVersion: 1,
  timeouts: { create: 600, delete: 900 },
  create: (operation, planned) =>
    named("creating certificate", async () => {
      refuseIncomplete(planned);
      const answer = await operation.client.call(
        "POST",
        "/v2/certificates",
        operation,
        toBody(properties, planned),
      );
      const { id, state } = await verified(operation, asBody(answer.certificate));
      const pems = ["privateKey", "leafCertificate", "certificateChain"].filter((name) => planned[name]);
      const digests = pems.map((name) => [name, digest(planned[name] ?? "")]);
      return { id, state: { ...state, ...Object.fromEntries(digests) } };
    }),
  read: (operation, id) =>
    named("reading certificate", async () => {
      const found = await certificateNamed(operation, id);
      return found && existing(found);
    }),
  delete: (operation, id) =>
    named("deleting certificate", async () => {
      const found = await certificateNamed(operation, id);
      if (!found) return;
      // What uses it lets go of it after its own deletion was answered.
      await whileRefused(operation, [403], () =>
        unlessGone(() => operation.client.call("DELETE", `/v2/certificates/${String(found.id)}`, operation)),
      );
    }),
};
export default certificate;
