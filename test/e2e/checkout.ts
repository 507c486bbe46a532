import { execFileSync, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A checkout of its own for a test: its files can be changed, and its stack, state and local cloud belong to nobody else. */

const original = join(import.meta.dirname, "..", "..");

export interface Result {
  code: number;
  stdout: string;
  stderr: string;
  /** Both, in the order in which they came. */
  output: string;
}

export interface Checkout {
  /** The folder. There is a space in its path. */
  root: string;
  /** The local cloud's state folder. */
  home: string;
  env: NodeJS.ProcessEnv;
  /** Runs an npm script as a user does: `npm("start")`, `npm("run", "pulumi", "--", "preview")`. */
  npm: (...args: string[]) => Promise<Result>;
  /** Starts an npm script in a process group of its own, as a terminal does. `signal` is what Ctrl-C is: it goes to all of the group. */
  begin: (...args: string[]) => { signal: (name: NodeJS.Signals) => void; result: Promise<Result> };
  /** `npm run pulumi -- ARGS`, without npm's own lines. */
  pulumi: (...args: string[]) => Promise<Result>;
  /** The same, with something to read on its standard input. */
  pulumiWith: (input: string, ...args: string[]) => Promise<Result>;
  /** Calls the API of the checkout's local cloud. */
  api: (method: string, path: string, body?: object) => Promise<{ status: number; body: unknown }>;
  /** The process id of its local cloud. */
  cloudPid: () => number;
  /** Stops the local cloud and removes the folder. */
  remove: () => Promise<void>;
}

/** Copies what git tracks, or would track, of the working tree. Packages are shared with it. */
export async function checkout(variables: Record<string, string> = {}): Promise<Checkout> {
  const root = join(mkdtempSync(join(tmpdir(), "breakwater-")), "check out");
  const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: original,
  });
  for (const file of files.toString().split("\0").filter(Boolean)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    cpSync(join(original, file), join(root, file));
  }
  symlinkSync(join(original, "node_modules"), join(root, "node_modules"));

  const home = join(root, ".breakwater");
  const { BREAKWATER_HOME, NODE_TEST_CONTEXT, ...inherited } = process.env;
  // Servers behind the clusters are the subject of few tests, and cost seconds each: who wants them says so.
  const usual = { BREAKWATER_PORT: String(await freePorts()), BREAKWATER_SERVERS: "none" };
  const env = { ...inherited, ...usual, ...variables };
  const run = (args: string[], input?: string) => runNpm(root, env, args, { input }).result;
  const pulumi = ["run", "--silent", "pulumi", "--"];
  return {
    root,
    home,
    env,
    npm: (...args) => run(args),
    begin: (...args) => runNpm(root, env, args, { detached: true }),
    pulumi: (...args) => run([...pulumi, ...args]),
    pulumiWith: (input, ...args) => run([...pulumi, ...args], input),
    api: (method, path, body) => call(home, method, path, body),
    cloudPid: () => JSON.parse(readFileSync(join(home, "cloud", "cloud.json"), "utf8")).pid,
    remove: async () => {
      await run(["stop", "--", "--reset"]); // data of servers may lie outside the checkout
      rmSync(dirname(root), { recursive: true, force: true });
    },
  };
}

function runNpm(
  cwd: string,
  env: NodeJS.ProcessEnv,
  args: string[],
  { input = "", detached = false }: { input?: string; detached?: boolean },
) {
  const child = spawn("npm", args, { cwd, env, detached, stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(input);
  const seen = { stdout: "", stderr: "", output: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (chunk: string) => {
      seen[name] += chunk;
      seen.output += chunk;
    });
  const result = new Promise<Result>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, ...seen }));
  });
  const signal = (name: NodeJS.Signals) => {
    if (child.pid) process.kill(-child.pid, name);
  };
  return { signal, result };
}

async function call(home: string, method: string, path: string, body?: object) {
  const { url } = JSON.parse(readFileSync(join(home, "cloud", "cloud.json"), "utf8"));
  const token = readFileSync(join(home, "cloud", "token"), "utf8").trim();
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === "" ? undefined : JSON.parse(text) };
}

/**
 * A port for the API and the one after it, for Spaces. Below those that the system hands out, so that no connection of another test takes
 * one while the cloud is stopped.
 */
async function freePorts(): Promise<number> {
  const port = randomInt(20_000, 32_000);
  return (await isFree(port)) && (await isFree(port + 1)) ? port : freePorts();
}

const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
