import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../", import.meta.url));
const run = promisify(execFile);

/** The commands of a runbook, block by block, as a reader would type them. */
export function stepsOf(runbook: string): string[] {
  const text = readFileSync(`${root}runbooks/${runbook}`, "utf8");
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block ?? "");
}

/** Runs one block from the root of the checkout. @throws when a command of it fails, with what it said. */
export async function runStep(block: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await run("bash", ["-euo", "pipefail", "-c", block], { cwd: root, env });
  return stdout;
}
