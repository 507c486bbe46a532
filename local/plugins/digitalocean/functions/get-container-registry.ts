/** A container registry by name. */
import type { Invokable } from "../../provider/resource.ts";
import { notEmpty, string } from "../../provider/schema.ts";
import type { Api } from "../api.ts";
import registry from "../resources/container-registry.ts";
import { named } from "../rest.ts";

const outputs = Object.entries(registry.properties).map(([name, facts]) => [
  name,
  { ...facts, output: true },
]);

export default {
  properties: { ...Object.fromEntries(outputs), name: string({ required: true, check: notEmpty }) },
  invoke: (operation, { name }) =>
    named("getting container registry", async () => {
      const found = await registry.read(operation, String(name), {});
      if (!found) throw new Error(`there is no container registry ${String(name)}`);
      return { ...found.state, id: found.id };
    }),
} satisfies Invokable<Api>;
