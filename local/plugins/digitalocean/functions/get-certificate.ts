/** A TLS certificate by name. */
import type { Invokable } from "../../provider/resource.ts";
import { notEmpty, string } from "../../provider/schema.ts";
import type { Api } from "../api.ts";
import { fromBody } from "../body.ts";
import { certificateNamed } from "../certificates.ts";
import certificate from "../resources/certificate.ts";
import { named } from "../rest.ts";

const { uuid, type, state, domains, notAfter, sha1Fingerprint } = certificate.properties;
const outputs = Object.fromEntries(
  Object.entries({ uuid, type, state, domains, notAfter, sha1Fingerprint }).flatMap(([name, facts]) =>
    facts ? [[name, { ...facts, output: true, conflicts: [] }]] : [],
  ),
);
const properties = { ...outputs, name: string({ required: true, check: notEmpty }) };

export default {
  properties,
  invoke: (operation, { name }) =>
    named("getting certificate", async () => {
      const found = await certificateNamed(operation, String(name));
      if (!found) throw new Error("certificate not found");
      return { ...fromBody(properties, found), id: String(found.name) };
    }),
} satisfies Invokable<Api>;
