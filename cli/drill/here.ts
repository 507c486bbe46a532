import { join } from "node:path";
import { root } from "../places.ts";
import { capture } from "../process.ts";
import type { SourceProgram } from "./plan.ts";

/** Runs what a drill's job would run in the VPC on this machine, in a process of its own: for someone who has the network. */
export async function runHere(
  program: "checks/main.ts" | SourceProgram,
  assignment: string,
): Promise<string> {
  const { code, stdout, stderr } = await capture(
    process.execPath,
    [join(root, "runbooks", "restore-drill", program)],
    { env: { ...process.env, DRILL: assignment } },
  );
  if (code === 0) return stdout;
  const why = stderr.split("\n").find((line) => /^\w*Error\b/.test(line)) ?? "no reason given";
  throw new Error(`${program} ended with ${code}: ${why}`);
}
