import type { Socket } from "node:net";
import { abstractSocket, socketName, type Target } from "./control.ts";
import { Refused } from "./login.ts";
import { int, Messages, message, type Piece, startup, texts } from "./wire.ts";

/** One of the pooler's connections to the server. */
export class Backend {
  readonly socket: Socket;
  /** What a cancel request for it has to say: process and secret. */
  #key = Buffer.alloc(0);
  /** What the server reports of its session: client_encoding and the like. */
  readonly status = new Map<string, string>();
  /** What that was at first. */
  defaults: ReadonlyMap<string, string> = this.status;
  /** Takes what the server sends, while a client uses it. */
  onPiece: (piece: Piece) => void = () => {};
  onClose: () => void = () => {};
  #isClosed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Connects as `user`: the server knows the pooler, and asks for no password. */
  static async open(target: Target, user: string, database: string): Promise<Backend> {
    const socket = abstractSocket(pathOf(target));
    const backend = new Backend(socket);
    const messages = new Messages();
    const ready = new Promise<void>((resolve, reject) => {
      backend.onPiece = ({ type, bytes }) => {
        if (type === "Z") resolve();
        if (type === "E") reject(refusalOf(bytes));
      };
      backend.onClose = () => reject(new Refused("08006", "the server ended the connection"));
    });
    socket.on("connect", () => socket.write(startup({ user, database })));
    socket.on("data", (chunk) => {
      for (const piece of messages.read(chunk)) backend.#take(piece);
    });
    socket.on("error", () => {}); // told by its close
    socket.on("close", () => {
      backend.#isClosed = true;
      backend.onClose();
    });
    socket.setNoDelay(true);
    socket.connect({ port: 0 });
    await ready.catch((error) => {
      socket.destroy();
      throw error;
    });
    backend.onPiece = () => {};
    backend.onClose = () => {};
    backend.defaults = new Map(backend.status);
    return backend;
  }

  #take(piece: Piece): void {
    if (piece.type === "S") {
      const [name = "", value = ""] = texts(piece.bytes.subarray(5));
      this.status.set(name, value);
    }
    if (piece.type === "K") this.#key = Buffer.from(piece.bytes.subarray(5));
    this.onPiece(piece);
  }

  /** Runs statements of the pooler's own; what they answer goes to nobody. */
  async run(sql: string): Promise<void> {
    const { onPiece, onClose } = this;
    await new Promise<void>((resolve, reject) => {
      this.onPiece = ({ type }) => type === "Z" && resolve();
      this.onClose = () => reject(new Refused("08006", "the server ended the connection"));
      this.socket.write(message("Q", sql));
    }).finally(() => Object.assign(this, { onPiece, onClose }));
  }

  /** Asks the server to end what this connection is at. */
  cancel(target: Target): void {
    const socket = abstractSocket(pathOf(target));
    socket.on("error", () => {}); // a server that is gone has nothing to cancel
    socket.on("connect", () => socket.end(Buffer.concat([int(16), int(80877102), this.#key])));
    socket.connect({ port: 0 });
  }

  close(): void {
    this.socket.destroy();
  }
}

const pathOf = ({ folder, port }: Target) => `${socketName(folder)}/.s.PGSQL.${port}`;

function refusalOf(bytes: Buffer): Refused {
  const fields = new Map(texts(bytes.subarray(5, -1)).map((field) => [field[0], field.slice(1)]));
  return new Refused(fields.get("C") ?? "08006", fields.get("M") ?? "the server refused the connection");
}
