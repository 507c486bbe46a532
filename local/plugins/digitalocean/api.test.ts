import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type TestContext, test } from "node:test";
import { Api, ApiError } from "./api.ts";

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

async function against(t: TestContext, handle: Handle, retries = 2): Promise<Api> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const endpoint = new URL(`http://127.0.0.1:${port}`);
  return new Api({
    endpoint,
    token: "hidden-4711",
    requestsPerSecond: 0,
    retries,
    shortestWait: 1,
    longestWait: 2,
  });
}

const call = (api: Api) => api.call("GET", "/v2/x", { signal: new AbortController().signal });

for (const status of [429, 500, 502, 503]) {
  test(`${status} is tried again, as often as allowed`, async (t) => {
    let calls = 0;
    const api = await against(t, (_request, response) => {
      calls++;
      response.writeHead(status).end('{"id":"x","message":"busy"}');
    });
    await assert.rejects(call(api), (error) => error instanceof ApiError && error.status === status);
    assert.equal(calls, 3);
  });
}

for (const status of [400, 404, 422, 501]) {
  test(`${status} is final`, async (t) => {
    let calls = 0;
    const api = await against(t, (_request, response) => {
      calls++;
      response.writeHead(status).end("{}");
    });
    await assert.rejects(call(api), ApiError);
    assert.equal(calls, 1);
  });
}

test("a broken connection is tried again; Retry-After rules the wait", async (t) => {
  let calls = 0;
  const api = await against(t, (request, response) => {
    calls++;
    if (calls === 1) request.socket.destroy();
    else if (calls === 2) response.writeHead(429, { "retry-after": "0" }).end();
    else response.end('{"ok":true}');
  });
  assert.deepEqual(await call(api), { ok: true });
});

test("the token goes with every call and into no error", async (t) => {
  const api = await against(t, (request, response) => {
    assert.equal(request.headers.authorization, "Bearer hidden-4711");
    response.writeHead(401).end('{"id":"unauthorized","message":"Unable to authenticate you"}');
  });
  await assert.rejects(
    call(api),
    (error: Error) => !`${error.stack}${JSON.stringify(error)}`.includes("hidden-4711"),
  );
});

test("an abort ends the waiting", async (t) => {
  const gone = new AbortController();
  const api = await against(t, (_request, response) => {
    response.writeHead(503, { "retry-after": "3600" }).end();
    setImmediate(() => gone.abort(new Error("given up")));
  });
  await assert.rejects(api.call("GET", "/v2/x", { signal: gone.signal }));
});
