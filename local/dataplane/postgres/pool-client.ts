import type { Duplex } from "node:stream";
import pg from "pg";
import type { Backend } from "./backend.ts";
import type { Target } from "./control.ts";
import { Refused } from "./login.ts";
import type { Pool } from "./pool.ts";
import { fatal, Messages, message, type Piece, texts } from "./wire.ts";

/** What PgBouncer keeps for a client from one connection to the next. */
export const TRACKED: readonly string[] = [
  "client_encoding",
  "DateStyle",
  "TimeZone",
  "standard_conforming_strings",
  "application_name",
];

/** Each is answered by one ReadyForQuery: a query, a function call, a sync. */
const ANSWERED = new Set(["Q", "F", "S"]);
/** Belong to a COPY that may be over when they come. */
const COPY = new Set(["d", "c", "f"]);

/** A client of a pool that has logged in. */
export class PoolClient {
  readonly #stream: Duplex;
  readonly #pool: Pool;
  /** What the client's session is to be like, wherever it runs: its startup message's wish, then what it has set. */
  readonly #session: Map<string, string>;
  readonly #key: Buffer;
  #backend: Backend | undefined;
  /** Answers that are due. */
  #due = 0;
  /** Whether messages are under way that only a sync will end. */
  #isOpen = false;
  #state = "I";
  #isGone = false;
  #ended: () => void = () => {};

  constructor(stream: Duplex, pool: Pool, session: Map<string, string>, key: Buffer) {
    this.#stream = stream;
    this.#pool = pool;
    this.#session = session;
    this.#key = key;
  }

  /** Serves the client until it goes, or its server does. */
  async run(): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      this.#ended = resolve;
    });
    this.#stream.once("close", this.#ended).once("end", this.#ended);
    try {
      await this.#greet();
      void this.#listen();
      await ended;
    } finally {
      this.#isGone = true;
      this.#letGo(false);
      this.#stream.end();
    }
  }

  /** A client is told what its session is like before it asks anything: that takes a connection for a moment. */
  async #greet(): Promise<void> {
    const backend = await this.#acquire();
    for (const [name, value] of backend.status) this.#stream.write(message("S", name, value));
    this.#stream.write(Buffer.concat([message("K", this.#key), message("Z", Buffer.from("I"))]));
    if (this.#pool.spec.mode !== "session") this.#letGo(true);
  }

  async #listen(): Promise<void> {
    const messages = new Messages();
    try {
      for await (const chunk of this.#stream)
        for (const piece of messages.read(chunk)) await this.#send(piece);
    } catch (error) {
      this.#stream.end(error instanceof Refused ? fatal(error.code, error.message) : undefined);
    }
    this.#ended();
  }

  async #send({ type, bytes }: Piece): Promise<void> {
    if (type === "X") return this.#ended();
    if (!this.#backend && type !== undefined && COPY.has(type)) return;
    const backend = this.#backend ?? (await this.#acquire());
    if (type !== undefined) {
      if (ANSWERED.has(type)) this.#due++;
      this.#isOpen = !ANSWERED.has(type) && !COPY.has(type);
    }
    if (!backend.socket.write(bytes)) await once(backend.socket, "drain");
  }

  async #acquire(): Promise<Backend> {
    const backend = await this.#pool.acquire();
    if (this.#isGone) {
      this.#pool.release(backend, true);
      throw new Error("the client has gone");
    }
    this.#backend = backend;
    this.#state = "I";
    const other = TRACKED.filter((name) => this.#wanted(name, backend) !== backend.status.get(name));
    const settings = other.map(
      (name) => `set ${pg.escapeIdentifier(name)} to ${pg.escapeLiteral(this.#wanted(name, backend))}`,
    );
    if (settings.length > 0) await backend.run(settings.join("; "));
    for (const name of other) this.#session.set(name, backend.status.get(name) ?? ""); // in the server's spelling
    backend.onPiece = (piece) => this.#receive(backend, piece);
    backend.onClose = () => {
      this.#stream.end(fatal("08006", "server conn crashed?"));
      this.#ended();
    };
    return backend;
  }

  #wanted(name: string, backend: Backend): string {
    return this.#session.get(name) ?? backend.defaults.get(name) ?? "";
  }

  #receive(backend: Backend, { type, bytes }: Piece): void {
    if (type === "S") {
      const [name = "", value = ""] = texts(bytes.subarray(5));
      if (TRACKED.includes(name)) this.#session.set(name, value);
    }
    if (type === "Z") this.#state = String.fromCharCode(bytes[5] ?? 0);
    const { mode } = this.#pool.spec;
    if (mode === "statement" && this.#state !== "I") {
      this.#stream.end(fatal("08P01", "transaction blocks not allowed in statement pooling mode"));
      this.#ended();
      return;
    }
    if (!this.#stream.write(bytes) && !backend.socket.isPaused()) {
      backend.socket.pause();
      this.#stream.once("drain", () => backend.socket.resume());
    }
    if (type !== "Z") return;
    this.#due--;
    if (mode !== "session" && this.#isAtRest) this.#letGo(true);
  }

  get #isAtRest(): boolean {
    return this.#due === 0 && !this.#isOpen && this.#state === "I";
  }

  /** Gives its connection back. After a session nothing of it is left for the next. */
  #letGo(isOwn: boolean): void {
    const backend = this.#backend;
    if (!backend) return;
    this.#backend = undefined;
    const isAtRest = this.#isAtRest;
    backend.socket.resume(); // a client that went while it was slow
    if (isOwn || !isAtRest || backend.isClosed) this.#pool.release(backend, isAtRest);
    else
      backend.run("discard all").then(
        () => this.#pool.release(backend, true),
        () => this.#pool.release(backend, false),
      );
  }

  cancel(target: Target): void {
    this.#backend?.cancel(target);
  }
}

/** Resolves as well when the stream closes before. */
function once(stream: Duplex, event: string): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off(event, done).off("close", done);
      resolve();
    };
    stream.once(event, done).once("close", done);
  });
}
