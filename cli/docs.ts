import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { documents as ofPolicies } from "../policies/report.ts";
import { documents as ofSettings } from "../settings/docs.ts";
import { UserError } from "./errors.ts";
import { root } from "./places.ts";
import { say } from "./progress.ts";

const documents = { ...ofSettings, ...ofPolicies };

/** `npm run docs` writes the generated documents; `npm run docs -- --check` only says whether they are stale. */
export async function run(args: string[]): Promise<number> {
  const check = args.includes("--check");
  const unknown = args.find((arg) => arg !== "--check");
  if (unknown) throw new UserError(`npm run docs knows no ${unknown}; there is --check`);
  const stale = Object.entries(documents)
    .map(([path, generate]) => ({ path, text: generate() }))
    .filter(({ path, text }) => text !== current(path));
  for (const { path, text } of stale) {
    if (!check) writeFileSync(join(root, path), text);
    say(check ? `${path} is stale: run npm run docs` : `${path} written`);
  }
  if (stale.length === 0) say(`${Object.keys(documents).join(", ")}: up to date`);
  return check && stale.length > 0 ? 1 : 0;
}

function current(path: string): string | undefined {
  const file = join(root, path);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
