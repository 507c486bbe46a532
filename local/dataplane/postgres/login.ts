import { randomBytes, timingSafeEqual } from "node:crypto";
import type { Duplex } from "node:stream";
import { createSecureContext, TLSSocket } from "node:tls";
import type { Issued } from "../../certificates.ts";
import { hmac, sha256, type Verifier } from "./scram.ts";
import { CANCEL, fatal, GSS, int, message, PROTOCOL, TLS, texts } from "./wire.ts";

/** How a client of the pooler comes in: TLS, the startup message, SCRAM-SHA-256 (RFC 5802, 7677). */

export interface Login {
  readonly kind: "login";
  readonly stream: Duplex;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The wish to end another client's query. */
export interface Cancel {
  readonly kind: "cancel";
  /** What that client was given: 8 bytes. */
  readonly key: string;
}

/** A client that is refused; it is told `message` under the SQLSTATE `code`. */
export class Refused extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Takes a connection up to its startup message. Without TLS only a cancel request is taken, as libpq sends it. */
export async function receive(raw: Duplex, tls: Issued): Promise<Login | Cancel> {
  let stream = raw;
  for (;;) {
    const first = await read(stream, 1);
    if (first[0] === 0x16 && stream === raw) {
      // TLS at once, without asking for it (libpq's sslnegotiation=direct).
      raw.unshift(first);
      stream = secure(raw, tls);
      continue;
    }
    const size = Buffer.concat([first, await read(stream, 3)]).readUInt32BE();
    if (size < 8 || size > 10_000) throw new Refused("08P01", "invalid length of startup packet");
    const body = await read(stream, size - 4);
    const code = body.readUInt32BE();
    if (code === TLS && stream === raw) {
      raw.write("S");
      stream = secure(raw, tls);
    } else if (code === GSS || code === TLS) stream.write("N");
    else if (code === CANCEL) return { kind: "cancel", key: body.toString("hex", 4, 12) };
    else if (stream === raw) throw new Refused("08P01", "SSL required");
    else return { kind: "login", stream, parameters: parametersOf(stream, code, body.subarray(4)) };
  }
}

function secure(raw: Duplex, { certificate, key }: Issued): TLSSocket {
  const secureContext = createSecureContext({ cert: certificate, key, minVersion: "TLSv1.2" });
  const socket = new TLSSocket(raw, { isServer: true, secureContext, ALPNProtocols: ["postgresql"] });
  return socket.on("error", () => raw.destroy()); // one that does not speak TLS, or minds the certificate
}

function parametersOf(stream: Duplex, version: number, body: Buffer): Record<string, string> {
  if (version >> 16 !== PROTOCOL >> 16)
    throw new Refused("08P01", `unsupported protocol version ${version >> 16}`);
  const fields = texts(body.subarray(0, -1));
  const entries = Array.from({ length: fields.length / 2 }, (_, index): [string, string] => [
    fields[index * 2] ?? "",
    fields[index * 2 + 1] ?? "",
  ]);
  const unknown = entries.map(([name]) => name).filter((name) => name.startsWith("_pq_."));
  if (version !== PROTOCOL || unknown.length > 0)
    stream.write(message("v", PROTOCOL, unknown.length, ...unknown));
  return Object.fromEntries(entries.filter(([name]) => !unknown.includes(name)));
}

/** Reads exactly as many bytes. */
export async function read(stream: Duplex, size: number): Promise<Buffer> {
  for (;;) {
    const data: Buffer | null = stream.read(size);
    if (data?.length === size) return data;
    if (data || stream.destroyed || stream.readableEnded) throw new Error("the client ended the connection");
    await new Promise<void>((resolve, reject) => {
      const events = { readable: resolve, end: ended, close: ended, error: reject };
      function ended() {
        reject(new Error("the client ended the connection"));
      }
      const done = () => {
        for (const [name, listener] of Object.entries(events)) stream.off(name, listener).off(name, done);
      };
      for (const [name, listener] of Object.entries(events)) stream.once(name, listener).once(name, done);
    });
  }
}

async function readMessage(stream: Duplex): Promise<Buffer> {
  const header = await read(stream, 5);
  const size = header.readUInt32BE(1) - 4;
  if (header[0] !== 0x70 || size < 0 || size > 10_000)
    throw new Refused("08P01", "expected a password message");
  return read(stream, size);
}

const MECHANISM = "SCRAM-SHA-256";
const SASL = { begin: 10, goOn: 11, final: 12 };

/** Whether the client knows the password; a user that does not exist is asked like any other. */
export async function authenticate(stream: Duplex, user: string, known: Verifier | undefined): Promise<void> {
  const wrong = () => new Refused("28P01", `password authentication failed for user "${user}"`);
  stream.write(message("R", SASL.begin, MECHANISM, Buffer.from([0])));
  const initial = (await readMessage(stream)).toString();
  // Channel binding is not offered here, as by PgBouncer: a client says that it has none, or that it would have.
  const [, header, bare, clientNonce] =
    /^SCRAM-SHA-256\0....((?:n|y),,)(n=[^,]*,r=([^,]+))/s.exec(initial) ?? [];
  if (header === undefined || bare === undefined) throw new Refused("08P01", "malformed SCRAM message");
  const nonce = `${clientNonce}${randomBytes(18).toString("base64")}`;
  const { iterations, salt, storedKey, serverKey } = known ?? imitation();
  const challenge = `r=${nonce},s=${salt.toString("base64")},i=${iterations}`;
  stream.write(message("R", SASL.goOn, Buffer.from(challenge)));
  const answer = (await readMessage(stream)).toString();
  const [, withoutProof, binding, echoed, proof = ""] = /^(c=([^,]+),r=([^,]+)),p=(.+)$/.exec(answer) ?? [];
  const signed = `${bare},${challenge},${withoutProof}`;
  const signature = hmac(storedKey, signed);
  const clientKey = Buffer.from(proof, "base64").map((byte, index) => byte ^ (signature[index] ?? 0));
  const isRight =
    known !== undefined &&
    binding === Buffer.from(header).toString("base64") &&
    echoed === nonce &&
    timingSafeEqual(sha256(Buffer.from(clientKey)), storedKey);
  if (!isRight) throw wrong();
  stream.write(message("R", SASL.final, Buffer.from(`v=${hmac(serverKey, signed).toString("base64")}`)));
  stream.write(message("R", int(0)));
}

const imitation = (): Verifier => ({
  iterations: 4096,
  salt: randomBytes(16),
  storedKey: randomBytes(32),
  serverKey: randomBytes(32),
});

/** Tells a client why it is refused. */
export const refuse = (stream: Duplex, error: unknown): void => {
  const { code, message: reason } =
    error instanceof Refused ? error : { code: "08000", message: String(error) };
  stream.end(fatal(code, reason));
};
