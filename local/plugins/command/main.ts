/** `pulumi-resource-command`: commands on this machine. */
import { serveProvider } from "../provider/service.ts";
import { tableOf } from "../tables.ts";
import { versions } from "../versions.ts";

const resources = new URL("./resources/", import.meta.url);
const functions = new URL("./functions/", import.meta.url);

export const start = (args: readonly string[]): Promise<void> =>
  serveProvider<null>(
    {
      name: "command",
      version: versions.command,
      config: {},
      defaultsInPlan: true,
      withoutIdOutput: true,
      configure: () => null,
      resource: async (token) => tableOf(resources, local(token)),
      invokable: async (token) => tableOf(functions, local(token)),
    },
    args,
  );

function local(token: string): string {
  if (token.startsWith("command:local:")) return token;
  throw new Error(
    `the stand-in command plugin has no ${token}: there is no SSH into machines of a local cloud`,
  );
}
