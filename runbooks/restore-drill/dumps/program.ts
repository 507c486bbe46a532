import { spawn } from "node:child_process";
import { once } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Bytes } from "./bytes.ts";

interface Options {
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
  input?: Bytes;
}

/** What feeding a program fails with that has read enough. */
const endedReading = new Set(["EPIPE", "ERR_STREAM_PREMATURE_CLOSE"]);

/** How much of what a program complains is kept. */
const complaintCharacters = 2000;

/**
 * A program's output. It ends when the program has ended well; else it fails with what the program said. An early end of
 * the reading, or the signal, ends the program.
 */
export async function* run(command: string, args: readonly string[], options: Options): Bytes {
  const { env, signal, input } = options;
  const child = spawn(command, args, { env, signal, stdio: ["pipe", "pipe", "pipe"] });
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    complaint = (complaint + text).slice(-complaintCharacters);
  });
  const closed = once(child, "close");
  const fed = pipeline(Readable.from(input ?? none(), { objectMode: false }), child.stdin);
  for (const each of [closed, fed]) each.catch(() => undefined);
  try {
    await once(child, "spawn").catch((error) => {
      throw new Error(
        `${command} can't be run: ${error.code === "ENOENT" ? "it is not there" : error.message}`,
      );
    });
    yield* child.stdout;
    const [code, killedBy] = await closed;
    // A source that fails is the reason for whatever the program made of it.
    await fed.catch((error) => {
      if (!endedReading.has(error.code)) throw error;
    });
    if (code !== 0) throw new Error(`${command} failed: ${complaint.trim() || killedBy || `exit ${code}`}`);
  } finally {
    child.kill();
    await closed.catch(() => undefined);
  }
}

/** All of a program's output, as text. */
export async function output(command: string, args: readonly string[], options: Options): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of run(command, args, options)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

async function* none(): Bytes {}
