import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Writable } from "node:stream";
import type { Bytes } from "./bytes.ts";

interface Options {
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
  input?: Bytes;
}

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
  const fed = feed(child.stdin, input ?? none(), closed);
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
    await fed;
    if (code !== 0) throw new Error(`${command} failed: ${complaint.trim() || killedBy || `exit ${code}`}`);
  } finally {
    child.kill();
    await closed.catch(() => undefined);
  }
}

/** Gives a program all of a source, or what it wants to read of it. @throws what the source fails with, and nothing else. */
async function feed(stdin: Writable, source: Bytes, closed: Promise<unknown>): Promise<void> {
  // A program that has read enough closes its end.
  stdin.on("error", () => undefined);
  const ended = closed.catch(() => undefined);
  try {
    for await (const piece of source) {
      if (stdin.destroyed) return;
      if (!stdin.write(piece)) await Promise.race([once(stdin, "drain").catch(() => undefined), ended]);
    }
    stdin.end();
  } catch (error) {
    stdin.destroy();
    throw error;
  }
}

/** All of a program's output, as text. */
export async function output(command: string, args: readonly string[], options: Options): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of run(command, args, options)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

async function* none(): Bytes {}
