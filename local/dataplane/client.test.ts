import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { test } from "node:test";
import { processOf } from "./client.ts";

test("a connection is told to be of the process that holds it, among those in question", async (t) => {
  const server = createServer().listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const script = `require("node:net").connect(${port}, "127.0.0.1").on("error", () => {})`;
  const children = [1, 2].map(() => spawn(process.execPath, ["-e", script], { stdio: "inherit" }));
  t.after(() => children.map((child) => child.kill()));
  const clients: Socket[] = [];
  while (clients.length < children.length) clients.push(...(await once(server, "connection")));
  const pids = children.map((child) => child.pid);
  const found = clients.map((client) => processOf(client, (pid) => pids.includes(pid)));
  assert.deepEqual(found.toSorted(), pids.toSorted());
  assert.deepEqual(
    clients.map((client) => processOf(client, (pid) => pid === process.pid)),
    [undefined, undefined],
    "the server's own end is not the client",
  );
  for (const client of clients) client.destroy();
});
