/** A public key by its name. */
import type { Invokable } from "../../provider/resource.ts";
import { integer, notEmpty, type Properties, string } from "../../provider/schema.ts";
import type { Api } from "../api.ts";
import { fromBody } from "../body.ts";
import { theOne } from "../lists.ts";
import { named } from "../rest.ts";

const properties: Properties = {
  id: integer({ output: true }),
  name: string({ required: true, check: notEmpty }),
  publicKey: string({ output: true }),
  fingerprint: string({ output: true }),
};

export default {
  properties,
  invoke: (operation, { name }) =>
    named("getting SSH key", async () => {
      const all = await operation.client.list("/v2/account/keys", "ssh_keys", operation);
      const found = theOne(
        all.filter((key) => key.name === name),
        `SSH key named ${String(name)}`,
      );
      return fromBody(properties, found);
    }),
} satisfies Invokable<Api>;
