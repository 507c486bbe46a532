/** `pulumi-resource-random`: random values that live in the state. */
import { serveProvider } from "../provider/service.ts";
import { tableOf } from "../tables.ts";
import { versions } from "../versions.ts";

const resources = new URL("./resources/", import.meta.url);

export const start = (args: readonly string[]): Promise<void> =>
  serveProvider<null>(
    {
      name: "random",
      version: versions.random,
      config: {},
      defaultsInPlan: true,
      configure: () => null,
      resource: (token) => tableOf(resources, token),
      invokable: async () => undefined,
    },
    args,
  );
