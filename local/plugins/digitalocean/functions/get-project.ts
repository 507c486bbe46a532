/** A project by id or name; the account's default one without either. */
import type { Invokable } from "../../provider/resource.ts";
import { string } from "../../provider/schema.ts";
import { type Api, asBody } from "../api.ts";
import project from "../resources/project.ts";
import { named } from "../rest.ts";

const outputs = Object.entries(project.properties).map(([name, facts]) => [name, { ...facts, output: true }]);

export default {
  properties: { ...Object.fromEntries(outputs), id: string(), name: string() },
  invoke: (operation, { id, name }) =>
    named("getting project", async () => {
      const wanted = id ?? (name === undefined ? "default" : undefined);
      const found =
        wanted === undefined
          ? (await operation.client.list("/v2/projects", "projects", operation)).find(
              (one) => one.name === name,
            )
          : asBody((await operation.client.call("GET", `/v2/projects/${String(wanted)}`, operation)).project);
      if (!found) throw new Error(`no project is named ${String(name)}`);
      const existing = await project.read(operation, String(found.id), {});
      if (!existing) throw new Error("the project was deleted meanwhile");
      return { ...existing.state, id: existing.id };
    }),
} satisfies Invokable<Api>;
