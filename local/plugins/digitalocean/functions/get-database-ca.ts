/** The certificate authority of a cluster, as PEM. */
import type { Invokable } from "../../provider/resource.ts";
import { notEmpty, string } from "../../provider/schema.ts";
import { type Api, asBody } from "../api.ts";
import { memberPath } from "../database.ts";
import { named } from "../rest.ts";

export default {
  properties: {
    clusterId: string({ required: true, check: notEmpty }),
    certificate: string({ output: true }),
  },
  invoke: (operation, inputs) =>
    named("getting database CA", async () => {
      const ca = asBody((await operation.client.call("GET", memberPath(inputs, "ca"), operation)).ca);
      const certificate = Buffer.from(String(ca.certificate ?? ""), "base64").toString();
      return { id: String(inputs.clusterId), clusterId: String(inputs.clusterId), certificate };
    }),
} satisfies Invokable<Api>;
