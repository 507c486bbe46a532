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

/**
 * Runs one block from the root of a checkout.
 *
 * @throws when a command of it fails, with all that the block said.
 */
export async function runStep(block: string, env: NodeJS.ProcessEnv, cwd = root): Promise<string> {
  const options = { cwd, env, maxBuffer: 64 * 1024 * 1024 };
  try {
    return (await run("bash", ["-euo", "pipefail", "-c", block], options)).stdout;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${block}ended badly:\n${stdout}${stderr}`, { cause: error });
  }
}
