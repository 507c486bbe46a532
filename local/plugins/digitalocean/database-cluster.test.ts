import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { type Operation, PartialFailure } from "../provider/resource.ts";
import { Api } from "./api.ts";
import cluster from "./resources/database-cluster.ts";

test("an interrupted wait keeps the cluster that exists", async (t) => {
  const interrupt = new AbortController();
  const server = createServer((request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ database: { id: "made", status: "creating" } }));
    if (request.method === "GET") interrupt.abort();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const endpoint = new URL(`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`);
  const client = new Api({
    endpoint,
    token: "t",
    requestsPerSecond: 0,
    retries: 0,
    shortestWait: 1,
    longestWait: 1,
  });
  const operation: Operation<Api> = {
    client,
    name: "pg",
    signal: interrupt.signal,
    timeout: 60_000,
    confidential: false,
    status: () => undefined,
  };
  const wanted = { name: "pg-main", engine: "pg", version: "17", size: "s", region: "ams3", nodeCount: 1 };
  await assert.rejects(
    cluster.create(operation, wanted),
    (error) => error instanceof PartialFailure && error.existing.id === "made",
  );
});
