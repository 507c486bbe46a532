import assert from "node:assert/strict";
import { ask, type Page } from "../../local/api/apps/testing.ts";
import { type Checkout, checkout } from "../e2e/checkout.ts";
import { runStep } from "./steps.ts";

/** The outputs of a stack, with their secrets (program/outputs.ts). */
export interface Outputs {
  postgres: Cluster & { database: string; user: string };
  mongo: Cluster;
  cache: Cluster;
  compute: { id: string; address: string };
  documents: {
    bucket: string;
    region: string;
    endpoint: string;
    accessKeyId: string;
    secretAccessKey: string;
  };
  vpc: { id: string };
}

interface Cluster {
  clusterId: string;
  clusterName: string;
  uri: string;
  caCertificate: string;
}

/**
 * Stack `local`, brought up by `npm start` in a checkout of its own, on a local cloud of its own with real servers: what the blocks of
 * pages are run against. Several pages may share one.
 */
export interface RunbookStack {
  it: Checkout;
  /** Runs one block of a page from the root of the checkout, with `STACK=local` beside what is given. */
  step: (block: string, env?: NodeJS.ProcessEnv) => Promise<string>;
  outputs: () => Promise<Outputs>;
  /** Calls the product as a browser does: `call("POST", "/api/login", {...})`. Keeps its cookie. */
  call: (method: "GET" | "POST", path: string, body?: object | string) => Promise<Page>;
}

/** @param prepare changes the checkout's settings before it is brought up. */
export async function stackUp(prepare: (it: Checkout) => void = () => {}): Promise<RunbookStack> {
  const it = await checkout({ BREAKWATER_SERVERS: "all", STACK: "local" });
  try {
    prepare(it);
    const { code, output } = await it.npm("start");
    assert.equal(code, 0, output);
  } catch (error) {
    await it.remove();
    throw error;
  }
  const outputs = async (): Promise<Outputs> => {
    const { code, stdout, output } = await it.pulumi("stack", "output", "--json", "--show-secrets");
    assert.equal(code, 0, output);
    return JSON.parse(stdout);
  };
  return {
    it,
    step: (block, env = {}) => runStep(block, { ...it.env, ...env }, it.root),
    outputs,
    call: browser(outputs),
  };
}

/** Somebody who signs up at the product and leaves a resume, `I can do it`, and a letter. Returns what she logs in with. */
export async function applicant({ call }: RunbookStack): Promise<{ email: string; password: string }> {
  const ann = { email: "ann@example.org", password: "correct horse" };
  assert.equal((await call("POST", "/api/register", ann)).status, 201);
  assert.equal((await call("POST", "/api/resumes?name=cv.txt", "I can do it")).status, 201);
  assert.equal((await call("POST", "/api/letters", { text: "Dear all" })).status, 201);
  return ann;
}

/** A client of the product that keeps its cookie. */
function browser(outputs: () => Promise<Outputs>): RunbookStack["call"] {
  let cookie = "";
  let found: Promise<Outputs> | undefined;
  return async (method, path, body) => {
    found ??= outputs();
    const { compute, postgres } = await found;
    const text = typeof body === "string" ? body : body && JSON.stringify(body);
    const type = typeof body === "string" ? "text/plain" : "application/json";
    const headers = {
      cookie,
      ...(text !== undefined && { "content-type": type, "content-length": Buffer.byteLength(text) }),
    };
    const page = await ask(
      { ca: postgres.caCertificate },
      new URL(path, compute.address).href,
      { method, headers },
      text,
    );
    cookie = page.headers["set-cookie"]?.[0]?.split(";")[0] ?? cookie;
    return page;
  };
}
