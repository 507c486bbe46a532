import { options } from "./arguments.ts";
import { running } from "./cloud.ts";
import { UserError } from "./errors.ts";
import { spacesEnvironment } from "./spaces.ts";
import { cloudEnvironment } from "./stack.ts";

/**
 * `npm run --silent local:env`: prints `export` lines that point a DigitalOcean client at the local cloud. The proxy is not among them
 * as `HTTP_PROXY`: it would take in whatever else the shell has to say over http.
 */
export async function run(args: string[]): Promise<number> {
  options("run local:env", args, {});
  const cloud = await running();
  if (!cloud) throw new UserError("the local cloud is not running; start it with: npm start");
  for (const [key, value] of Object.entries({ ...cloudEnvironment(cloud), ...spacesEnvironment(cloud) }))
    process.stdout.write(`export ${key}='${value}'\n`);
  process.stdout.write(
    `# Buckets from Terraform or the official plugin: HTTP_PROXY=$BREAKWATER_SPACES_PROXY terraform apply
# Buckets from any other S3 client, in path style: aws --endpoint-url $BREAKWATER_SPACES_PROXY s3 ls, with the SPACES_ keys
`,
  );
  return 0;
}
