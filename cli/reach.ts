import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** Whether a database of the local cloud answers where its address says. */

/** Milliseconds. */
const PATIENCE = 5_000;

export interface Listener {
  host: string;
  port: number;
  /** PEM of the authority that its certificate must be from. */
  ca: string;
  /** PostgreSQL's clients ask for TLS before it begins (protocol 3.0, SSLRequest). */
  asksForTls: boolean;
}

/** Connects, and lets the certificate be verified. Gives what went wrong, or undefined. */
export async function unreachable(listener: Listener): Promise<string | undefined> {
  const socket = connect({ host: listener.host, port: listener.port });
  socket.setTimeout(PATIENCE, () => socket.destroy(new Error("it does not answer")));
  try {
    if (listener.asksForTls) await agreeOnTls(socket);
    await handshake(socket, listener);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    socket.destroy();
  }
}

function agreeOnTls(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("it hangs up")));
    socket.once("data", (answer) => {
      if (answer.toString() === "S") resolve();
      else reject(new Error("it speaks no TLS"));
    });
    socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]));
  });
}

function handshake(socket: Socket, { host, ca }: Listener): Promise<void> {
  return new Promise((resolve, reject) => {
    const tls = connectTls({ socket, host, ca }, resolve);
    tls.once("error", reject);
    tls.once("close", () => reject(new Error("it hangs up")));
  });
}
