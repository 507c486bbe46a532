import { codeOf, messageOf, UserError } from "./errors.ts";

/** The commands behind the npm scripts. Each is a module that exports `run`, loaded only when it is asked for. */
const commands: Record<string, () => Promise<{ run: (args: string[]) => Promise<number> }>> = {
  start: () => import("./start.ts"),
  stop: () => import("./stop.ts"),
  test: () => import("./test.ts"),
  check: () => import("./check.ts"),
  pulumi: () => import("./pulumi.ts"),
  "local-env": () => import("./local-env.ts"),
  bench: () => import("./bench.ts"),
  docs: () => import("./docs.ts"),
};

const [name = "", ...args] = process.argv.slice(2);

try {
  const load = commands[name];
  if (!load)
    throw new UserError(`there is no command "${name}"; there are: ${Object.keys(commands).join(", ")}`);
  process.exitCode = await (await load()).run(args);
} catch (error) {
  process.stderr.write(`breakwater: ${explain(error)}\n`);
  if (process.env.BREAKWATER_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
}

/** One line for anything that can go wrong. */
function explain(error: unknown): string {
  if (error instanceof UserError) return error.message;
  const code = codeOf(error);
  const line = messageOf(error).split("\n")[0] ?? "";
  if (code === "ENOSPC") return `the disk is full (${line}): free some space, then run the command again`;
  if (code === "EACCES" || code === "EPERM" || code === "EROFS")
    return `not allowed (${line}): give yourself the right to write there, then run the command again`;
  return `${line} (unexpected; BREAKWATER_DEBUG=1 shows where)`;
}
