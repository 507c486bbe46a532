import { once } from "node:events";
import { checkServerIdentity, connect, type TLSSocket } from "node:tls";
import { type Document, decode, encode, int32 } from "./bson.ts";

// MongoDB's wire protocol (OP_MSG), as far as the cloud itself talks to a server.

export interface Address {
  readonly host: string;
  readonly port: number;
  /** PEM of the authority that the server's certificate is checked against. */
  readonly ca: string;
  /** The name or address that the certificate must be for. */
  readonly certifiedHost: string;
}

export interface Login {
  readonly user: string;
  readonly password: string;
}

const OP_MSG = 2013;
const HEADER = 16;
const PATIENCE = 30_000;

/** A command was refused, in the server's words. */
export class CommandError extends Error {}

/**
 * Sends commands over one connection of their own, in order, and gives their answers. Each names its database as `$db`.
 * Signing in with PLAIN always succeeds: whether the password is right, the first command that needs PostgreSQL shows.
 * @throws CommandError with the first refusal
 */
export async function run(
  address: Address,
  login: Login,
  ...commands: readonly Document[]
): Promise<Document[]> {
  const { host, port, ca, certifiedHost } = address;
  const socket = connect({
    host,
    port,
    ca,
    minVersion: "TLSv1.2",
    checkServerIdentity: (_, certificate) => checkServerIdentity(certifiedHost, certificate),
  });
  socket.setTimeout(PATIENCE, () => socket.destroy(new Error("the server does not answer")));
  try {
    await once(socket, "secureConnect");
    const payload = Buffer.from(`\0${login.user}\0${login.password}`);
    const signIn = { saslStart: 1, mechanism: "PLAIN", payload, $db: "$external" };
    const answers: Document[] = [];
    for (const command of [signIn, ...commands]) answers.push(await exchange(socket, command));
    return answers.slice(1);
  } finally {
    socket.destroy();
  }
}

async function exchange(socket: TLSSocket, command: Document): Promise<Document> {
  const body = encode(command);
  // Flags, then a section of kind 0: the command's document.
  const message = Buffer.concat([int32(0), Buffer.from([0]), body]);
  socket.write(Buffer.concat([int32(HEADER + message.length), int32(1), int32(0), int32(OP_MSG), message]));
  const answer = decode((await received(socket)).subarray(HEADER + 5));
  if (answer.ok === 1) return answer;
  throw new CommandError(String(answer.errmsg));
}

async function received(socket: TLSSocket): Promise<Buffer> {
  let message = Buffer.alloc(0);
  const ended = new AbortController();
  socket.once("close", () => ended.abort());
  while (message.length < 4 || message.length < message.readInt32LE()) {
    const [data]: Buffer[] = await once(socket, "data", { signal: ended.signal }).catch((error) => {
      throw socket.errored ?? new Error("the server hung up", { cause: error });
    });
    message = Buffer.concat([message, data ?? Buffer.alloc(0)]);
  }
  return message;
}
