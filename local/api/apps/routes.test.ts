import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { request } from "node:https";
import { test } from "node:test";
import { API, ask, deployed, type Served, servedCloud, spec, told } from "./testing.ts";

const rule = (prefix: string, facts: object) => ({ match: { path: { prefix } }, ...facts });
const to = (name: string, facts: object = {}) => ({ component: { name, ...facts } });
const site = (facts: object = {}) => ({
  name: "web",
  git: { repo_clone_url: "https://example.com/acme/pages.git" },
  ...facts,
});

test("rules lead to components by the longest prefix, and take, keep or rewrite it", async (t) => {
  const served = await servedCloud(t);
  const rules = [
    rule("/", to("api", { preserve_path_prefix: true })),
    rule("/cut", to("api")),
    rule("/kept", to("api", { preserve_path_prefix: true })),
    rule("/kept/new", to("api", { rewrite: "/v2/" })),
    rule("/old", { redirect: { uri: "/new", redirect_code: 308 } }),
    rule("/away", { redirect: { authority: "example.com" } }),
    { match: { authority: { exact: "shop.test" } }, component: { name: "api", rewrite: "/shop" } },
  ];
  const domains = [{ domain: "shop.test" }];
  const { default_ingress: url } = await deployed(served, spec({ ingress: { rules }, domains }));
  for (const [asked, reached] of [
    ["/", "/"],
    ["/a/b?c=%2F", "/a/b?c=%2F"],
    ["/cut/a?b", "/a?b"],
    ["/cut", "/"],
    ["/cutter", "/cutter"],
    ["/kept/a", "/kept/a"],
    ["/kept/new/a?b=1", "/v2/a?b=1"],
  ] as const)
    assert.equal((await told(served, url + asked)).url, reached, asked);
  assert.equal((await told(served, `${url}/x`, { headers: { host: "shop.test" } })).url, "/shop/x");
  const { host } = new URL(url);
  const moved = await ask(served, `${url}/old/page`);
  assert.deepEqual([moved.status, moved.headers.location], [308, `https://${host}/new`]);
  const away = await ask(served, `${url}/away/page?q`);
  assert.deepEqual([away.status, away.headers.location], [302, "https://example.com/away/page?q"]);
});

test("a component learns of the client from the router, whatever the client claims", async (t) => {
  const served = await servedCloud(t);
  const ingress = {
    rules: [rule("/", to("api"))],
    secure_header: { key: "X-From-Edge", value: "let me in" },
  };
  const { live_url: url } = await deployed(served, spec({ ingress }));
  const { headers } = await told(served, url, {
    headers: {
      "x-forwarded-for": "8.8.8.8",
      "x-forwarded-proto": "ftp",
      "x-from-edge": "forged",
      "x-own": "1",
    },
  });
  const { host, port } = new URL(url);
  assert.partialDeepStrictEqual(headers, {
    host,
    "x-forwarded-for": "127.0.0.1",
    "x-forwarded-proto": "https",
    "x-forwarded-host": host,
    "x-forwarded-port": port,
    "x-from-edge": "let me in",
    "x-own": "1",
  });
});

test("pages of other origins may ask as far as the rule's policy says", async (t) => {
  const served = await servedCloud(t);
  const cors = {
    allow_origins: [{ exact: "https://a.test" }, { regex: "https://[a-z]+\\.b\\.test" }],
    allow_methods: ["GET", "PUT"],
    allow_headers: ["x-own"],
    expose_headers: ["x-told"],
    max_age: "1h30m",
    allow_credentials: true,
  };
  const { live_url: url } = await deployed(
    served,
    spec({ ingress: { rules: [rule("/", { ...to("api"), cors })] } }),
  );
  const preflight = (origin: string) =>
    ask(served, url, { method: "OPTIONS", headers: { origin, "access-control-request-method": "PUT" } });
  const { status, headers, text } = await preflight("https://a.test");
  assert.deepEqual([status, text], [200, ""]);
  assert.partialDeepStrictEqual(headers, {
    "access-control-allow-origin": "https://a.test",
    "access-control-allow-methods": "GET,PUT",
    "access-control-allow-headers": "x-own",
    "access-control-max-age": "5400",
    "access-control-allow-credentials": "true",
  });
  for (const origin of ["https://evil.test", "https://x.b.test.evil.test"])
    assert.equal((await preflight(origin)).headers["access-control-allow-origin"], undefined, origin);
  const simple = await ask(served, url, { headers: { origin: "https://x.b.test" } });
  assert.partialDeepStrictEqual(simple.headers, {
    "access-control-allow-origin": "https://x.b.test",
    "access-control-expose-headers": "x-told",
  });
});

test("bodies pass as they stream, both ways, and a WebSocket goes through", async (t) => {
  const served = await servedCloud(t);
  const { live_url: url } = await deployed(served);
  const pieces = [randomBytes(100_000), randomBytes(100_000)];
  await new Promise<void>((resolve, reject) => {
    let received = Buffer.alloc(0);
    const asked = request(`${url}/echo`, { method: "POST", ca: served.ca, agent: false }, (response) => {
      response.on("data", (chunk: Buffer) => {
        received = Buffer.concat([received, chunk]);
        // The second half is only sent once the first has come back.
        if (received.length === 100_000) asked.end(pieces[1]);
      });
      response.on("end", () =>
        received.equals(Buffer.concat(pieces)) ? resolve() : reject(new Error("changed")),
      );
    });
    asked.on("error", reject);
    asked.write(pieces[0]);
  });
  assert.equal(await helloOver(served, url), "hello");
});

/** The first message that comes over a WebSocket. */
function helloOver({ ca }: Served, url: string): Promise<string> {
  const key = randomBytes(16).toString("base64");
  const headers = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": key,
  };
  return new Promise((resolve, reject) => {
    const asked = request(url, { ca, agent: false, headers });
    asked.on("upgrade", (_, socket, head) => {
      let bytes = head;
      const look = () => {
        if (bytes.length < 7) return;
        socket.destroy();
        resolve(bytes.subarray(2, 7).toString());
      };
      socket.on("data", (chunk: Buffer) => {
        bytes = Buffer.concat([bytes, chunk]);
        look();
      });
      look();
    });
    asked.on("response", ({ statusCode }) => reject(new Error(`answered ${statusCode}`)));
    asked.on("error", reject);
    asked.end();
  });
}

test("a static site serves its folder, its index and error documents, and nothing beside it", async (t) => {
  const served = await servedCloud(t);
  const { live_url: url } = await deployed(served, { name: "site", region: "nyc", static_sites: [site()] });
  const page = await ask(served, url);
  assert.deepEqual(
    [page.status, page.text, page.headers["content-type"]],
    [200, "<h1>home</h1>", "text/html; charset=utf-8"],
  );
  assert.equal((await ask(served, `${url}/docs/`)).text, "docs");
  assert.equal(
    (await ask(served, `${url}/app.js?v=1`)).headers["content-type"],
    "text/javascript; charset=utf-8",
  );
  const etag = String(page.headers.etag);
  assert.equal((await ask(served, url, { headers: { "if-none-match": etag } })).status, 304);
  for (const path of ["/none", "/../../secret.txt", "/%2e%2e/%2e%2e/secret.txt", "/%00", "/%zz"]) {
    const lost = await ask(served, url, { path });
    assert.deepEqual([lost.status, lost.text], [404, "lost"], path);
  }
  assert.equal((await ask(served, url, { method: "POST" })).status, 405);

  const other = { name: "other", region: "nyc", static_sites: [site({ catchall_document: "index.html" })] };
  const app = await deployed(served, { ...other, services: [API] });
  assert.equal((await ask(served, `${app.live_url}/web/any/where`)).text, "<h1>home</h1>");
  assert.equal((await ask(served, `${app.live_url}/healthz`)).status, 200);
});

test("what a build must leave and doesn't ends the deployment", async (t) => {
  const served = await servedCloud(t);
  const app = await deployed(served, {
    name: "site",
    region: "nyc",
    static_sites: [site({ output_dir: "gone" })],
  });
  assert.equal(app.active_deployment, undefined);
  const built = await deployed(served, {
    ...{ name: "built", region: "nyc" },
    static_sites: [
      site({
        build_command: 'mkdir -p made && echo "$WHEN" > made/index.html',
        output_dir: "made",
        envs: [{ key: "WHEN", value: "at build", scope: "BUILD_TIME" }],
      }),
    ],
  });
  assert.equal((await ask(served, built.live_url)).text, "at build\n");
});
