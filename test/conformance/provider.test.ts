import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudForTests } from "./cloud.ts";
import { side } from "./sides.ts";
import { stackFor } from "./stack.ts";

const cloud = await cloudForTests();

const tag = (args: string): string => `
  const provider = new digitalocean.Provider("own", ${args});
  new digitalocean.Tag("tag", { name: "one" }, { provider });`;

test("the environment serves where arguments are missing", async (t) => {
  const stack = await stackFor(t, cloud, {
    DIGITALOCEAN_API_URL: cloud.url,
    DIGITALOCEAN_TOKEN: cloud.token,
  });
  stack.program(
    'new digitalocean.Tag("tag", { name: "by-environment" }); export const account = digitalocean.getAccountOutput().status;',
  );
  await stack.up();
  assert.equal((await stack.outputs()).account, "active");
  assert.partialDeepStrictEqual(await cloud.call("GET", "/v2/tags/by-environment"), {
    tag: { name: "by-environment" },
  });
});

test("a wrong token is refused by the platform, and is shown nowhere", async (t) => {
  const stack = await stackFor(t, cloud);
  stack.program(tag('{ apiEndpoint: process.env.CLOUD_URL, token: "wrong-token-4711" }'));
  const { code, output } = await stack.tryUp();
  assert.notEqual(code, 0);
  assert.match(output, /401/);
  assert.ok(!output.includes("wrong-token-4711"));
  assert.ok(!stack.stored().includes("wrong-token-4711"));
});

test("arguments that are numbers reach the client: no further try with httpRetryMax 0", async (t) => {
  const stack = await stackFor(t, cloud);
  await cloud.fault({ method: "POST", path: "/v2/tags", times: 1, effect: { kind: "status", status: 503 } });
  stack.program(
    tag("{ apiEndpoint: process.env.CLOUD_URL, token: process.env.CLOUD_TOKEN, httpRetryMax: 0 }"),
  );
  const { code, output } = await stack.tryUp();
  assert.notEqual(code, 0);
  assert.match(output, /503/);
});

test("429, 5xx and broken connections are tried again", async (t) => {
  const stack = await stackFor(t, cloud);
  await cloud.fault({
    method: "POST",
    path: "/v2/tags",
    times: 1,
    effect: { kind: "status", status: 429, retry_after: 0 },
  });
  await cloud.fault({
    method: "GET",
    path: "/v2/tags/**",
    times: 1,
    effect: { kind: "drop", when: "before" },
  });
  stack.program(
    tag("{ apiEndpoint: process.env.CLOUD_URL, token: process.env.CLOUD_TOKEN, httpRetryWaitMin: 0.1 }"),
  );
  const requests = await cloud.during(() => stack.up());
  assert.equal(requests.filter((request) => request === "POST /v2/tags").length, 2);
});

// The official plugin goes wherever it is told: that a rehearsal stays on this machine is the stand-in's own promise.
test("the stand-in refuses every endpoint that isn't this machine", {
  skip: side === "official" && "the stand-in's promise",
}, async (t) => {
  const stack = await stackFor(t, cloud, { DIGITALOCEAN_API_URL: "", DIGITALOCEAN_TOKEN: "t" });
  for (const endpoint of [
    "https://api.digitalocean.com",
    "http://127.0.0.1.evil.invalid",
    "http://127.0.0.1@evil.invalid",
  ]) {
    stack.program(tag(`{ apiEndpoint: "${endpoint}", token: "t" }`));
    const { code, output } = await stack.attempt(["preview"]);
    assert.notEqual(code, 0, endpoint);
    assert.match(output, /refuses the endpoint/);
    assert.doesNotMatch(output, /\n\s+at /, "no stack trace");
  }
});
