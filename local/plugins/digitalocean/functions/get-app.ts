/** An app by id. */
import type { Invokable } from "../../provider/resource.ts";
import { list, notEmpty, string } from "../../provider/schema.ts";
import type { Api } from "../api.ts";
import { appSpec } from "../app-spec.ts";
import app from "../resources/app.ts";
import { named } from "../rest.ts";

const outputs = Object.entries(app.properties).map(([name, facts]) => [name, { ...facts, output: true }]);

export default {
  properties: {
    ...Object.fromEntries(outputs),
    appId: string({ required: true, check: notEmpty }),
    specs: list(appSpec, { output: true }),
  },
  invoke: (operation, { appId }) =>
    named("getting app", async () => {
      const found = await app.read(operation, String(appId), { spec: { domainNames: [{}] } });
      if (!found) throw new Error(`there is no app ${String(appId)}`);
      const { spec = null, appUrn = null, ...state } = found.state;
      return { ...state, id: found.id, appId: found.id, urn: appUrn, specs: [spec] };
    }),
} satisfies Invokable<Api>;
