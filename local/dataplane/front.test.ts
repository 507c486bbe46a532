import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { openFront } from "./front.ts";

/** A server that answers with what it was sent, once its client has said all. */
async function echo(t: TestContext): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const parts: Buffer[] = [];
    socket.on("data", (part) => parts.push(part)).on("end", () => socket.end(Buffer.concat(parts)));
    socket.on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return portOf(server.address());
}

const portOf = (address: unknown): number =>
  typeof address === "object" && address && "port" in address ? Number(address.port) : 0;

/** A port that was free on a loopback address of the test's own. */
const HOST = `127.53.${process.pid % 250}.7`;
const OTHER = `127.53.${process.pid % 250}.8`;
const PORT = 25060;

async function answer(host: string, said: string | Buffer, from?: string): Promise<string> {
  const client = connect({ host, port: PORT, ...(from && { localAddress: from }) });
  client.end(said);
  const parts: Buffer[] = [];
  for await (const part of client) parts.push(part);
  return Buffer.concat(parts).toString();
}

test("a front hands connections on whole, at every host", async (t) => {
  const port = await echo(t);
  const front = await openFront({
    hosts: [HOST, OTHER],
    port: PORT,
    admits: () => true,
    connect: () => port,
  });
  t.after(() => front.close());
  const large = "x".repeat(5_000_000);
  assert.equal(await answer(HOST, "hello"), "hello");
  assert.equal((await answer(OTHER, large)).length, large.length);
});

test("who is not admitted is hung up on, and nothing reaches the server", async (t) => {
  const port = await echo(t);
  const admits = (client: Socket) => client.remoteAddress === "127.0.0.1";
  const front = await openFront({ hosts: [HOST], port: PORT, admits, connect: () => port });
  t.after(() => front.close());
  assert.equal(await answer(HOST, "hello"), "hello");
  const refused = await answer(HOST, "hello", "127.0.0.9").catch((error: Error) => error.message);
  assert.match(refused, /^$|ECONNRESET|EPIPE/);
});

test("a server that is not there, or breaks, ends its client and nothing else", async (t) => {
  let serves: () => number = () => {
    throw new Error("not yet");
  };
  const front = await openFront({ hosts: [HOST], port: PORT, admits: () => true, connect: () => serves() });
  t.after(() => front.close());
  const gone = /^$|ECONNRESET|EPIPE/;
  assert.match(await answer(HOST, "hello").catch((error: Error) => error.message), gone);
  serves = () => 1; // nobody listens there
  assert.match(await answer(HOST, "hello").catch((error: Error) => error.message), gone);
  const port = await echo(t);
  serves = () => port;
  assert.equal(await answer(HOST, "hello"), "hello");
});

test("closing ends open connections and frees the port; a port in use says so", async (t) => {
  const port = await echo(t);
  const options = { hosts: [HOST], port: PORT, admits: () => true, connect: () => port };
  const front = await openFront(options);
  const client = connect(PORT, HOST).on("error", () => {});
  await once(client, "connect");
  await assert.rejects(
    openFront({ ...options, hosts: [OTHER, HOST] }),
    /^Error: port 25060 of 127\.53\.\d+\.7 is in use/,
  );
  const ended = once(client, "close");
  await front.close();
  await ended;
  await (await openFront({ ...options, hosts: [OTHER, HOST] })).close();
});
