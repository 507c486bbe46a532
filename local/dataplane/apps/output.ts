import { closeSync, fstatSync, ftruncateSync, openSync, readSync, rmSync, watch } from "node:fs";
import { StringDecoder } from "node:string_decoder";

/** How much of what was handed on already may lie in the file before it is emptied. */
const MAX_BYTES = 1024 * 1024;
const CHUNK = 64 * 1024;

/**
 * The lines that a process appends to `file`, handed to `taken` as they come. A file and no pipe: a process outlives a
 * killed cloud.
 */
export class Output {
  readonly #file: string;
  readonly #handle: number;
  readonly #watcher: ReturnType<typeof watch>;
  readonly #taken: (lines: string[]) => void;
  readonly #decoder = new StringDecoder("utf8");
  #offset = 0;
  #rest = "";

  constructor(file: string, taken: (lines: string[]) => void) {
    this.#file = file;
    this.#taken = taken;
    this.#handle = openSync(file, "w+", 0o600);
    this.#watcher = watch(file, () => this.#drain()).on("error", () => {});
  }

  /** Hands on what is left, once the process has ended. */
  close(): void {
    this.#watcher.close();
    this.#drain();
    if (this.#rest !== "") this.#taken([this.#rest]);
    closeSync(this.#handle);
    rmSync(this.#file, { force: true });
  }

  #drain(): void {
    const buffer = Buffer.allocUnsafe(CHUNK);
    for (let read = CHUNK; read === CHUNK; ) {
      read = readSync(this.#handle, buffer, 0, CHUNK, this.#offset);
      this.#offset += read;
      const lines = (this.#rest + this.#decoder.write(buffer.subarray(0, read))).split("\n");
      this.#rest = lines.pop() ?? "";
      this.#taken(lines);
    }
    if (this.#offset < MAX_BYTES || fstatSync(this.#handle).size > this.#offset) return;
    ftruncateSync(this.#handle, 0); // its writer appends
    this.#offset = 0;
  }
}
