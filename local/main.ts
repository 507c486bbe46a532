import { enableCompileCache } from "node:module";
import { join, resolve } from "node:path";

// The cloud as a process: node local/main.ts. Settings come from the environment; what is compiled is kept for the next start.
enableCompileCache();
const { DEFAULT_PORT, StartError, startCloud } = await import("./index.ts");

process.stdout.on("error", () => {}); // the log's disk may be full, or its reader gone: neither stops the cloud

try {
  const serves = oneOf("BREAKWATER_SERVERS", ["all", "none"]) === "all";
  const cloud = await startCloud({
    home: resolve(process.env.BREAKWATER_HOME || join(import.meta.dirname, "..", ".breakwater")),
    port: numberFrom("BREAKWATER_PORT", DEFAULT_PORT, isPort),
    spacesPort: process.env.BREAKWATER_SPACES_PORT
      ? numberFrom("BREAKWATER_SPACES_PORT", 0, isPort)
      : undefined,
    servers: serves ? await allEngines() : {},
    workspaces: serves
      ? resolve(process.env.BREAKWATER_WORKSPACES || join(import.meta.dirname, "workspaces.json"))
      : undefined,
    restoresToAnyTime: oneOf("BREAKWATER_ANY_RESTORE_TIME", ["on", "off"]) === "on",
    timeScale: numberFrom("BREAKWATER_TIME_SCALE", 0, (scale) => scale >= 0 && scale <= 100),
    log: (line) => process.stdout.write(`${line}\n`),
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => cloud.close().then(() => process.exit(0)));
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

/** Loaded only when they are wanted: they bring drivers with them. */
async function allEngines() {
  return (await import("./dataplane/engines.ts")).engines;
}

/** The first is the default. */
function oneOf<T extends string>(name: string, values: readonly [T, ...T[]]): T {
  const text = process.env[name] || values[0];
  const value = values.find((known) => known === text);
  if (value) return value;
  throw new StartError(
    `${name} is ${JSON.stringify(text)}: set it to ${values.join(" or ")}, or leave it out.`,
  );
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 0 && port < 65_536;
}

function numberFrom(name: string, otherwise: number, valid: (value: number) => boolean): number {
  const text = process.env[name];
  if (text === undefined || text === "") return otherwise;
  const value = Number(text);
  if (valid(value)) return value;
  throw new StartError(
    `${name} is ${JSON.stringify(text)}, which is no valid value: leave it out for ${otherwise}.`,
  );
}
