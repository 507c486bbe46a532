import { spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  globSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { homeOf } from "../local/home.ts"; // not the whole cloud, which takes a command a third of a second to load
import type { SpacesAddress } from "../local/index.ts";
import { UserError } from "./errors.ts";
import { home, makeHome, root } from "./places.ts";
import { isAlive } from "./process.ts";
import { say } from "./progress.ts";

/** The local cloud as a background process. What it keeps lies in `cloud/` of the state folder. */

const { folder, log } = homeOf(home);

/** Longest wait for the process to listen, or to end, in milliseconds. */
const PATIENCE = 30_000;

export interface Cloud {
  /** Base URL, without `/v2`. */
  url: string;
  token: string;
  pid: number;
  /** ISO 8601. */
  startedAt: string;
  /** How Spaces are reached, and the account's full-access key. */
  spaces: SpacesAddress & { accessKeyId: string; secretAccessKey: string };
}

/** The running local cloud of a state folder, or undefined when none answers. */
export async function running(at = home): Promise<Cloud | undefined> {
  const record = readRecord(at);
  if (!record || !isAlive(record.pid)) return undefined;
  try {
    const answer = await fetch(`${record.url}/healthz`, { signal: AbortSignal.timeout(5_000) });
    const health: unknown = await answer.json();
    const pid = typeof health === "object" && health && "pid" in health ? health.pid : undefined;
    return answer.ok && pid === record.pid ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Starts the local cloud unless it runs already; one whose code has changed since is started anew. */
export async function startCloud(): Promise<Cloud> {
  const already = await running();
  if (already && !isOutdated(already)) return already;
  if (already) {
    say("The local cloud's code has changed since it was started: starting it anew");
    await stopCloud();
  }
  makeHome();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const output = openSync(log, "a", 0o600);
  writeSync(output, "Starting\n"); // a full disk is told here: the cloud itself could not write down why it stops
  const logged = statSync(log).size;
  const flags = ["--disable-warning=ExperimentalWarning"];
  const env = { ...process.env, BREAKWATER_HOME: home };
  const child = spawn(process.execPath, [...flags, join(root, "local", "main.ts")], {
    cwd: home,
    detached: true,
    env,
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  let code: number | null | undefined;
  child.on("exit", (exitCode) => {
    code = exitCode;
  });
  for (const deadline = Date.now() + PATIENCE; Date.now() < deadline && code === undefined; await delay(25)) {
    const cloud = await running();
    if (!cloud || cloud.pid !== child.pid) continue;
    child.unref();
    return cloud;
  }
  const said = readFileSync(log).subarray(logged).toString().trim().split("\n").pop();
  if (code === undefined) {
    child.kill();
    throw new UserError(`the local cloud did not answer within ${PATIENCE / 1000} s; its log is ${log}`);
  }
  throw new UserError(
    said?.replace(/^(breakwater|local cloud): /, "") || `the local cloud stopped at once; its log is ${log}`,
  );
}

/** Stops the local cloud of a state folder and waits until it is gone. Gives false when none ran. */
export async function stopCloud(at = home): Promise<boolean> {
  const record = readRecord(at);
  // A process id alone may have been given to another program since: only one that answers as the cloud is ended.
  if (!record || !((await running(at)) || isCloudProcess(record.pid))) return false;
  process.kill(record.pid, "SIGTERM");
  for (const deadline = Date.now() + PATIENCE; isAlive(record.pid); await delay(25)) {
    if (Date.now() > deadline)
      throw new UserError(
        `the local cloud (process ${record.pid}) does not stop; end it with: kill -9 ${record.pid}`,
      );
  }
  return true;
}

function isCloudProcess(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(join(root, "local", "main.ts"));
  } catch {
    return false;
  }
}

function readRecord(at: string): Cloud | undefined {
  const { address, token, spacesKey } = homeOf(at);
  try {
    const record = JSON.parse(readFileSync(address, "utf8"));
    const spaces = { ...record.spaces, ...JSON.parse(readFileSync(spacesKey, "utf8")) };
    return { ...record, spaces, token: readFileSync(token, "utf8").trim() };
  } catch {
    return undefined;
  }
}

function isOutdated(cloud: Cloud): boolean {
  const started = Date.parse(cloud.startedAt);
  const sources = globSync("local/{*.ts,{api,dataplane,spaces}/**/*.ts}", { cwd: root });
  return sources.some((file) => existsSync(join(root, file)) && statSync(join(root, file)).mtimeMs > started);
}
