import { options } from "./arguments.ts";
import { running } from "./cloud.ts";
import { UserError } from "./errors.ts";
import { cloudEnvironment } from "./stack.ts";

/** `npm run --silent local:env`: prints `export` lines that point a DigitalOcean client at the local cloud. */
export async function run(args: string[]): Promise<number> {
  options("run local:env", args, {});
  const cloud = await running();
  if (!cloud) throw new UserError("the local cloud is not running; start it with: npm start");
  for (const [key, value] of Object.entries(cloudEnvironment(cloud)))
    process.stdout.write(`export ${key}='${value}'\n`);
  return 0;
}
