import { startCloud } from "./cloud.ts";
import { isLocal, openStack, stackOf } from "./stack.ts";

/** Commands of Pulumi that talk to the cloud that a stack describes. */
const reachesTheCloud = new Set([
  "up",
  "update",
  "preview",
  "pre",
  "refresh",
  "destroy",
  "down",
  "import",
  "watch",
  "query",
]);

/** `npm run pulumi -- ARGS`: Pulumi's command with the right environment for the stack that ARGS name. */
export async function run(args: string[]): Promise<number> {
  const name = stackOf(args);
  const command = args[0] ?? "";
  if (isLocal(name) && reachesTheCloud.has(command)) await startCloud();
  const stack = await openStack(name);
  return stack.run([...args, ...additions(name, command, args)]);
}

/**
 * Stateful resources are protected in every stack, so that the engine refuses to replace or delete one that the settings do not
 * name. What lives on this machine is there to be thrown away: destroying a whole stack may ignore the protection.
 */
function additions(stack: string, command: string, args: string[]): string[] {
  const destroys = command === "destroy" || command === "down";
  return isLocal(stack) && destroys && !args.some((arg) => arg.startsWith("--ignore-protect"))
    ? ["--ignore-protect"]
    : [];
}
