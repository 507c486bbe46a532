/** The account of the token. */
import type { Invokable } from "../../provider/resource.ts";
import { boolean, integer, type Properties, string } from "../../provider/schema.ts";
import { type Api, asBody } from "../api.ts";
import { fromBody } from "../body.ts";
import { named } from "../rest.ts";

const output = { output: true } as const;
const properties: Properties = {
  dropletLimit: integer(output),
  floatingIpLimit: integer(output),
  email: string(output),
  uuid: string(output),
  emailVerified: boolean(output),
  status: string(output),
  statusMessage: string(output),
};

export default {
  properties,
  invoke: (operation) =>
    named("getting account", async () => {
      const account = asBody((await operation.client.call("GET", "/v2/account", operation)).account);
      return { ...fromBody(properties, account), id: String(account.uuid) };
    }),
} satisfies Invokable<Api>;
