/** A firewall by its id. */
import type { Invokable } from "../../provider/resource.ts";
import { notEmpty, type Properties, string } from "../../provider/schema.ts";
import type { Api } from "../api.ts";
import firewall from "../resources/firewall.ts";

const { name: _, ...rest } = firewall.properties;
const properties: Properties = {
  ...rest,
  name: string({ output: true }),
  firewallId: string({ required: true, check: notEmpty }),
};

export default {
  properties,
  invoke: async (operation, { firewallId = null }) => {
    const found = await firewall.read(operation, String(firewallId), {});
    if (!found) throw new Error(`getting firewall: there is no firewall ${String(firewallId)}`);
    return { ...found.state, id: found.id, firewallId };
  },
} satisfies Invokable<Api>;
