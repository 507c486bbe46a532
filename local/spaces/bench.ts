import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  createReadStream,
  createWriteStream,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { Agent, type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { homeOf } from "../home.ts";
import { type Credentials, signed, UNSIGNED_PAYLOAD } from "./signature.ts";

const run = promisify(execFile);

/** Milliseconds, each beside what it is held against in the same round. */
export interface SpacesFigures {
  /** Of an object of `LARGE` bytes, and of `cp` and `sync` of such a file: a PUT is on the disk when it is answered. */
  puts: number[];
  syncedCopies: number[];
  /** Of the same object into a file, and of `cp`. */
  gets: number[];
  copies: number[];
  /** Of the cloud's processor for one GET of a small object, each with its signature checked. */
  smallGets: number[];
}

const LARGE = 64 * 1024 * 1024;
const SMALL = 1024;
/** Small objects that are got in a round, and how many at a time. */
const GETS = 2000;
const BESIDE = 8;
const BLOCK = 1024 * 1024;
const BUCKET = "benchmark";

/** Holds the local cloud's Spaces, in a process of its own, against copying the same bytes on the same disk. Linux only: it reads /proc. */
export async function measureSpaces(rounds: number): Promise<SpacesFigures> {
  const home = mkdtempSync(join(tmpdir(), "breakwater-spaces-"));
  const file = (name: string) => join(home, name);
  const child = spawn(process.execPath, [join(import.meta.dirname, "../main.ts")], {
    env: {
      ...process.env,
      BREAKWATER_HOME: home,
      BREAKWATER_PORT: "0",
      BREAKWATER_SPACES_PORT: "0",
      BREAKWATER_SERVERS: "none",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const agent = new Agent({ keepAlive: true });
  try {
    child.stdout.resume();
    await once(createInterface(child.stdout), "line");
    const { address, spacesKey } = homeOf(home);
    const { spaces } = JSON.parse(readFileSync(address, "utf8"));
    const send = sender(spaces.proxy, JSON.parse(readFileSync(spacesKey, "utf8")), agent);
    const get = async (key: string) => (await send("GET", key)).resume();
    await done(await send("PUT", ""));
    writeFileSync(file("large"), Buffer.alloc(LARGE, "breakwater"));
    writeFileSync(file("small"), Buffer.alloc(SMALL, "breakwater"));
    await done(await send("PUT", "small", file("small"), SMALL));
    const smallGets = async (count: number) => {
      let left = count;
      const worker = async () => {
        while (left-- > 0) await done(await get("small"));
      };
      await Promise.all(Array.from({ length: BESIDE }, worker));
    };
    const figures: SpacesFigures = { puts: [], syncedCopies: [], gets: [], copies: [], smallGets: [] };
    for (let round = 0; round <= rounds; round++) {
      const key = `large-${round}`;
      const times = {
        puts: await timed(async () => done(await send("PUT", key, file("large"), LARGE))),
        syncedCopies: await timed(async () => {
          await run("cp", [file("large"), file("synced")]);
          await run("sync", [file("synced")]);
        }),
        gets: await timed(async () =>
          pipeline(await send("GET", key), createWriteStream(file("got"), { highWaterMark: BLOCK })),
        ),
        copies: await timed(() => run("cp", [file("large"), file("copy")])),
      };
      const before = processorOf(child.pid ?? 0);
      await smallGets(GETS);
      const perGet = (processorOf(child.pid ?? 0) - before) / GETS;
      for (const name of ["synced", "got", "copy"]) rmSync(file(name));
      if (round === 0) continue; // warms the caches and the compiler
      figures.puts.push(times.puts);
      figures.syncedCopies.push(times.syncedCopies);
      figures.gets.push(times.gets);
      figures.copies.push(times.copies);
      figures.smallGets.push(perGet);
    }
    return figures;
  } finally {
    agent.destroy();
    child.kill();
    await once(child, "exit");
    rmSync(home, { recursive: true, force: true });
  }
}

/** Signed requests for one bucket, path style. */
function sender(proxy: string, credentials: Credentials, agent: Agent) {
  const { host } = new URL(proxy);
  return async (method: string, key: string, file?: string, bytes = 0): Promise<IncomingMessage> => {
    const path = key === "" ? `/${BUCKET}` : `/${BUCKET}/${key}`;
    const signable = { method, path, query: "", headers: { host } };
    const headers = {
      host,
      "content-length": bytes,
      ...signed(signable, credentials, UNSIGNED_PAYLOAD, "us-east-1", Date.now()),
    };
    const sent = request(proxy + path, { method, headers, agent });
    const answered = once(sent, "response");
    if (file === undefined) sent.end();
    else await pipeline(createReadStream(file, { highWaterMark: BLOCK }), sent);
    const [response]: IncomingMessage[] = await answered;
    if (response?.statusCode === 200) return response;
    throw new Error(`Spaces answers ${response?.statusCode} to ${method} ${path}`);
  };
}

const done = async (response: IncomingMessage) => {
  response.resume();
  if (!response.complete) await once(response, "end");
};

/** Milliseconds of processor that a process has taken so far (proc_pid_stat(5); its ticks are 10 ms). */
function processorOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await action();
  return performance.now() - started;
}
