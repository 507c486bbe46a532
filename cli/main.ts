import { codeOf, messageOf, UserError } from "./errors.ts";
import { hasOwnHome } from "./places.ts";
import { endInOrder, exitCode, interruption } from "./process.ts";

interface Command {
  /** Gives the exit code. */
  run: (args: string[]) => Promise<number>;
}

/** The commands behind the npm scripts. Each is a module, loaded only when it is asked for. */
const commands: Record<string, () => Promise<Command>> = {
  start: () => import("./start.ts"),
  stop: () => import("./stop.ts"),
  test: () => import("./test.ts"),
  check: () => import("./check.ts"),
  pulumi: () => import("./pulumi.ts"),
  "local-env": () => import("./local-env.ts"),
  bench: () => (hasOwnHome ? import("./bench.ts") : inOwnHome("bench")),
  docs: () => import("./docs.ts"),
  policy: () => import("./policy.ts"),
  cost: () => import("./cost.ts"),
  drift: () => import("./drift.ts"),
  drill: () => import("./drill.ts"),
  state: () => import("./versions.ts"),
  rehearse: () => (hasOwnHome ? import("./rehearse.ts") : inOwnHome("rehearse")),
  doctor: () => import("./doctor.ts"),
  access: () => import("./access.ts"),
};

/** A command that always has a state folder of its own: nothing of it is loaded before the folder is there. */
async function inOwnHome(command: string): Promise<Command> {
  const { inOwnHome: run } = await import("./own-home.ts");
  return { run: (args) => run(command, args, args.includes("--keep")) };
}

const [name = "", ...args] = process.argv.slice(2);

endInOrder();
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error) => {
    if (codeOf(error) !== "EPIPE") throw error; // a reader that has seen enough, such as `head`, stops nothing
  });

try {
  const load = commands[name];
  if (!load)
    throw new UserError(`there is no command "${name}"; there are: ${Object.keys(commands).join(", ")}`);
  process.exitCode = await (await load()).run(args);
} catch (error) {
  if (!interruption()) process.stderr.write(`breakwater: ${explain(error)}\n`);
  if (process.env.BREAKWATER_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
}
const signal = interruption();
if (signal && process.exitCode !== 0) {
  const next = name === "start" || name === "pulumi" ? "; npm start goes on from where it stopped" : "";
  if (!hasOwnHome) process.stderr.write(`breakwater: interrupted by ${signal}${next}\n`); // else whoever started it tells
  process.exitCode = exitCode(null, signal);
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
