/** A load balancer by id or by name. */
import type { Invokable } from "../../provider/resource.ts";
import { string } from "../../provider/schema.ts";
import type { Value } from "../../provider/values.ts";
import type { Api } from "../api.ts";
import balancer, { existing, getBalancer } from "../resources/load-balancer.ts";
import { named } from "../rest.ts";

const outputs = Object.entries(balancer.properties).map(([name, facts]) => [
  name,
  { ...facts, output: true, conflicts: [] },
]);
/** Blocks of at most one are lists here. */
const listed = (value: Value | undefined): Value[] => (value === null || value === undefined ? [] : [value]);

export default {
  properties: { ...Object.fromEntries(outputs), id: string(), name: string() },
  check: ({ id, name }) =>
    Boolean(id) === Boolean(name) ? [{ property: "id", reason: "give an id or a name" }] : [],
  invoke: (operation, { id, name }) =>
    named("getting load balancer", async () => {
      const body = await getBalancer(operation, id ? String(id) : await idOf(name, operation));
      const found = await existing(operation, body);
      const { healthcheck, stickySessions, firewall, glbSettings, ...state } = found.state;
      return {
        ...state,
        id: found.id,
        network: String(body.network ?? ""),
        healthchecks: listed(healthcheck),
        stickySessions: listed(stickySessions),
        firewalls: listed(firewall),
        glbSettings: listed(glbSettings),
      };
    }),
} satisfies Invokable<Api>;

async function idOf(
  name: Value | undefined,
  operation: Parameters<Invokable<Api>["invoke"]>[0],
): Promise<string> {
  const all = await operation.client.list("/v2/load_balancers", "load_balancers", operation);
  const [found, ...more] = all.filter((one) => one.name === name);
  if (!found) throw new Error(`no load balancer found with name ${String(name)}`);
  if (more.length > 0)
    throw new Error(
      `too many load balancers found with name ${String(name)} (found ${more.length + 1}, expected 1)`,
    );
  return String(found.id);
}
