import assert from "node:assert/strict";
import { request } from "node:http";
import { connect } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import { cloudFor } from "./testing.ts";

/** A request as no well-behaved client sends it. */
function raw(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string | Buffer },
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method: options.method ?? "GET", headers: options.headers ?? {} },
      (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          body += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
      },
    );
    sent.on("error", reject);
    sent.end(options.body);
  });
}

test("every call but the health check and the console needs the token", async (t) => {
  const cloud = await cloudFor(t);
  for (const authorization of [
    undefined,
    "Bearer wrong",
    `Basic ${cloud.token}`,
    `Bearer ${cloud.token.slice(0, -1)}`,
  ]) {
    const { status, body } = await raw(`${cloud.url}/v2/account`, {
      headers: authorization ? { authorization } : {},
    });
    assert.equal(status, 401, String(authorization));
    assert.deepEqual(
      { ...JSON.parse(body), request_id: "" },
      { id: "unauthorized", message: "Unable to authenticate you", request_id: "" },
    );
  }
  assert.equal((await raw(`${cloud.url}/_local/faults`, {})).status, 401);
  assert.equal((await raw(`${cloud.url}/healthz`, {})).status, 200);
  assert.equal((await raw(cloud.url, {})).status, 200);
  assert.match(cloud.token, /^dop_v1_10ca1[0-9a-f]{59}$/);
});

test("a foreign Host is refused, whoever asks", async (t) => {
  const cloud = await cloudFor(t);
  const { port } = new URL(cloud.url);
  const authorization = `Bearer ${cloud.token}`;
  for (const host of ["evil.example", `evil.example:${port}`, "127.0.0.1", "127.0.0.1:1"]) {
    for (const path of ["/v2/account", "/healthz", "/"])
      assert.equal(
        (await raw(cloud.url + path, { headers: { host, authorization } })).status,
        403,
        host + path,
      );
  }
  assert.equal(
    (await raw(`${cloud.url}/v2/account`, { headers: { host: `LOCALHOST:${port}`, authorization } })).status,
    200,
  );
});

test("what is no valid request is answered as the platform answers it", async (t) => {
  const cloud = await cloudFor(t);
  const headers = { authorization: `Bearer ${cloud.token}`, "content-type": "application/json" };
  const answers = await Promise.all([
    raw(`${cloud.url}/v2/vpcs`, { method: "POST", headers, body: '{"name":' }),
    raw(`${cloud.url}/v2/vpcs`, {
      method: "POST",
      headers: { ...headers, "content-type": "text/plain" },
      body: "{}",
    }),
    raw(`${cloud.url}/v2/vpcs`, { method: "POST", headers, body: "[]" }),
    raw(`${cloud.url}/v2/vpcs`, { method: "POST", headers }),
    raw(`${cloud.url}/v2/nothing`, { headers }),
    raw(`${cloud.url}/v2/vpcs//`, { headers }),
    raw(`${cloud.url}/v2/account`, { method: "DELETE", headers }),
    raw(`${cloud.url}/v2/vpcs/%ff`, { headers }),
    raw(`${cloud.url}//`, { headers }),
    raw(`${cloud.url}/v2/vpcs`, {
      method: "POST",
      headers,
      body: JSON.stringify({ name: "x".repeat(5 * 1024 * 1024) }),
    }),
    raw(`${cloud.url}/v2/tags`, { method: "POST", headers, body: Buffer.from('{"name":"\xff"}', "latin1") }),
    raw(`${cloud.url}/v2/apps`, {
      method: "POST",
      headers,
      body: `{"spec":${'{"vpc":'.repeat(50_000)}1${"}".repeat(50_000)}}`,
    }),
  ]);
  assert.deepEqual(
    answers.map(({ status, body }) => [status, JSON.parse(body).id]),
    [
      [400, "bad_request"],
      [415, "unsupported_media_type"],
      [422, "unprocessable_entity"],
      [422, "unprocessable_entity"],
      [404, "not_found"],
      [404, "not_found"],
      [405, "method_not_allowed"],
      [404, "not_found"],
      [404, "not_found"],
      [413, "request_too_large"],
      [400, "bad_request"],
      [400, "bad_request"],
    ],
  );
  for (const { body } of answers) assert.match(JSON.parse(body).request_id, /^[0-9a-f-]{36}$/);
});

/** Sends `text` on a connection of its own, and what came back once `isEnough` of it has. */
async function spoken(url: string, text: string, isEnough: (said: string) => boolean): Promise<string> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.setEncoding("utf8").write(text);
  let said = "";
  for await (const chunk of socket) {
    said += chunk;
    if (isEnough(said)) break;
  }
  return said;
}

test("requests that are sent without awaiting answers are worked through in turn", async (t) => {
  const cloud = await cloudFor(t);
  const head = `Host: ${new URL(cloud.url).host}\r\nAuthorization: Bearer ${cloud.token}\r\n`;
  const body = JSON.stringify({ name: "first" });
  const requests = [
    `POST /v2/tags HTTP/1.1\r\n${head}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    ...["GET", "DELETE", "GET"].map((method) => `${method} /v2/tags/first HTTP/1.1\r\n${head}\r\n`),
  ];
  const statuses = (said: string) => [...said.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
  const said = await spoken(
    cloud.url,
    requests.join(""),
    (said) => statuses(said).length === requests.length,
  );
  assert.deepEqual(statuses(said), ["201", "200", "204", "404"]);
});

test("a client that hangs up in the middle of its request is no error of the cloud", async (t) => {
  const lines: string[] = [];
  const noted = Promise.withResolvers<void>();
  const cloud = await cloudFor(t, {
    log(line) {
      lines.push(line);
      if (line.includes("/v2/tags")) noted.resolve();
    },
  });
  const sent = request(`${cloud.url}/v2/tags`, {
    method: "POST",
    headers: { authorization: `Bearer ${cloud.token}`, "content-length": "1000", expect: "100-continue" },
  });
  sent.on("error", () => {});
  sent.on("continue", () => sent.destroy()); // the cloud has begun to read
  sent.flushHeaders();
  await noted.promise;
  const [, note = "", ...more] = lines;
  assert.partialDeepStrictEqual(JSON.parse(note), { path: "/v2/tags", status: "dropped" });
  assert.deepEqual(more, []);
  assert.equal((await cloud.get("/v2/account")).status, 200);
});

test("of many that ask for one name at once, one gets it", async (t) => {
  const cloud = await cloudFor(t);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, number) =>
      cloud.post("/v2/vpcs", { name: "net", region: "fra1", ip_range: `10.${number}.0.0/24` }),
    ),
  );
  assert.equal(answers.filter(({ status }) => status === 201).length, 1);
  assert.equal(answers.filter(({ status }) => status === 422).length, 19);
});

test("a slash at the end of a path changes nothing", async (t) => {
  const cloud = await cloudFor(t);
  const [one, other] = [await cloud.get("/v2/vpcs?per_page=1"), await cloud.get("/v2/vpcs/?per_page=1")];
  assert.equal(other.status, 200);
  assert.deepEqual(Object.keys(other.body), Object.keys(one.body));
  assert.equal((await cloud.get("/v2//vpcs")).status, 404);
});

test("HEAD answers like GET, without the body", async (t) => {
  const cloud = await cloudFor(t);
  const headers = { authorization: `Bearer ${cloud.token}` };
  assert.deepEqual(await raw(`${cloud.url}/v2/account`, { method: "HEAD", headers }), {
    status: 200,
    body: "",
  });
  assert.deepEqual(await raw(`${cloud.url}/v2/vpcs/none`, { method: "HEAD", headers }), {
    status: 404,
    body: "",
  });
});

test("answers carry the hourly limit, counted down, and a request id", async (t) => {
  const cloud = await cloudFor(t);
  const first = await cloud.get("/v2/account");
  const second = await cloud.get("/v2/nothing");
  assert.equal(first.headers.get("ratelimit-limit"), "5000");
  assert.equal(
    Number(first.headers.get("ratelimit-remaining")) - Number(second.headers.get("ratelimit-remaining")),
    1,
  );
  assert.ok(Number(first.headers.get("ratelimit-reset")) > Date.now() / 1000);
  assert.equal(second.headers.get("x-request-id"), second.body.request_id);
});

test("the pages of a list hold each item once, whatever their size, and link to each other", async (t) => {
  const cloud = await cloudFor(t);
  const names = Array.from({ length: 45 }, (_, number) => `tag-${number}`);
  for (const name of names) await cloud.post("/v2/tags", { name });

  type Page = {
    tags: { name: string }[];
    links: { pages: Partial<Record<"first" | "prev" | "next" | "last", string>> };
    meta: { total: number };
  };
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 60 }), async (perPage) => {
      const seen: string[] = [];
      const back: string[] = [];
      for (let path: string | undefined = `/v2/tags?per_page=${perPage}`; path; ) {
        const { body }: { body: Page } = await cloud.get<Page>(path);
        assert.equal(body.meta.total, names.length);
        assert.ok(body.tags.length <= perPage);
        seen.push(...body.tags.map((tag) => tag.name));
        const { first, prev, next, last } = body.links.pages;
        assert.equal(prev === undefined, first === undefined);
        assert.equal(next === undefined, last === undefined);
        if (prev) back.push(prev);
        assert.ok(!next || next.startsWith(`${cloud.url}/v2/tags?`));
        path = next?.slice(cloud.url.length);
      }
      assert.deepEqual(seen, names);
      assert.equal(back.length, Math.ceil(names.length / perPage) - 1);
    }),
    { numRuns: 25 },
  );

  assert.equal((await cloud.get<Page>("/v2/tags")).body.tags.length, 20);
  assert.equal((await cloud.get<Page>("/v2/tags?per_page=1000")).body.tags.length, 45);
  for (const senseless of ["0", "-1", "x", "1.5"])
    assert.equal(
      (await cloud.get<Page>(`/v2/tags?page=${senseless}&per_page=${senseless}`)).body.tags.length,
      20,
    );
  assert.deepEqual((await cloud.get<Page>("/v2/tags?page=9")).body.tags, []);
});

test("the console shows what exists and nothing secret", async (t) => {
  const cloud = await cloudFor(t);
  const cluster = await cloud.make<{ connection: { password: string } }>("/v2/databases", {
    name: "orders",
    engine: "pg",
    size: "db-s-1vcpu-1gb",
    region: "fra1",
    num_nodes: 1,
  });
  await cloud.patch("/v2/projects/default", { name: '<script>alert("x")</script>' });
  const page = await fetch(cloud.url);
  const html = await page.text();
  assert.match(page.headers.get("content-security-policy") ?? "", /^default-src 'none';/);
  assert.match(html, /<td>orders<\/td><td>(creating|online)<\/td>/);
  assert.match(html, /created database cluster orders/);
  assert.match(html, /open to everyone/);
  assert.ok(!html.includes("<script"));
  assert.ok(!html.includes(cluster.connection.password));
  assert.ok(!html.includes(cloud.token));
});

test("the access log tells of every request, without queries, bodies or the token", async (t) => {
  const lines: string[] = [];
  const cloud = await cloudFor(t, { log: (line) => lines.push(line) });
  await cloud.get("/v2/account?secret=hush");
  await cloud.post("/v2/tags", { name: "hush-hush" });
  const entries = lines.slice(1).map((line) => JSON.parse(line)); // the first tells the address
  assert.deepEqual(
    entries.map(({ method, path, status }) => [method, path, status]),
    [
      ["GET", "/v2/account", 200],
      ["POST", "/v2/tags", 201],
    ],
  );
  assert.ok(!lines.join().includes("hush") && !lines.join().includes(cloud.token));
});

test("a connection ends with the answer when the client asks for that, and stays when it does not", async (t) => {
  const cloud = await cloudFor(t);
  const host = `Host: ${new URL(cloud.url).host}`;
  const untilClosed = () => false;
  for (const request of [
    `GET /healthz HTTP/1.1\r\n${host}\r\nConnection: close\r\n\r\n`,
    `GET /healthz HTTP/1.0\r\n${host}\r\n\r\n`,
  ])
    assert.match(await spoken(cloud.url, request, untilClosed), /\nconnection: close/i);
  const again = `GET /healthz HTTP/1.1\r\n${host}\r\n\r\n`;
  const isTwice = (said: string) => said.split("HTTP/1.1 200").length > 2;
  assert.doesNotMatch(await spoken(cloud.url, again + again, isTwice), /connection: close/i);
});
