import assert from "node:assert/strict";
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Checkout, checkout } from "../e2e/checkout.ts";
import { runStep, stepsOf } from "./steps.ts";

/** runbooks/lost-state.md, block by block: what runs is left alone, and in the end there is nothing to do. */
describe("the state is lost", () => {
  let it: Checkout;
  let file: string;
  const [look = "", restore = "", rebuild = "", finish = ""] = stepsOf("lost-state.md");
  const step = (block: string, env: NodeJS.ProcessEnv = {}) => runStep(block, { ...it.env, ...env }, it.root);
  const state = (...args: string[]) => it.npm("run", "--silent", "state", "--", "--stack", "local", ...args);

  /** Clusters, apps and VPCs by id: what must stay. */
  async function running(): Promise<string[]> {
    const paths = ["databases", "apps", "vpcs"].map((path) => it.api("GET", `/v2/${path}?per_page=200`));
    const bodies = (await Promise.all(paths)).map(({ body }) => Object.values(body as object)[0]);
    return bodies.flatMap((list: { id: string }[]) => list.map(({ id }) => id)).sort();
  }
  async function versions(): Promise<{ status: string; versions: { id: string; resources: number }[] }> {
    return JSON.parse((await state("--format", "json")).stdout);
  }

  before(async () => {
    it = await checkout({ STACK: "local" });
    file = join(it.home, "pulumi", ".pulumi", "stacks", "breakwater", "local.json");
    const start = await it.npm("start");
    assert.equal(start.code, 0, start.output);
  });
  after(() => it?.remove());

  test("damaged, deleted or rolled back: a version of it is put back, and nothing differs", async () => {
    const whole = readFileSync(file, "utf8");
    const [newest] = (await versions()).versions;
    assert.ok(newest && newest.resources > 50);
    const losses = {
      damaged: () => writeFileSync(file, whole.slice(0, whole.length / 2)),
      lost: () => rmSync(file),
      older: () => copyFileSync(`${file}.bak`, file),
    };
    for (const [loss, happen] of Object.entries(losses)) {
      happen();
      assert.match(await step(look), loss === "older" ? /\d+ resources/ : new RegExp(`: ${loss}\\n`));
      await step(restore, { VERSION: newest.id });
      assert.equal(readFileSync(file, "utf8"), whole, loss);
    }
  });

  test("bad input is told in one line, and the state stays", async () => {
    const whole = readFileSync(file, "utf8");
    for (const [args, reason] of [
      [["--restore", "nope"], /^breakwater: --restore is "nope": the state of stack local has \d+/],
      [["--rebuild"], /^breakwater: stack local has a state with \d+ resources/],
      [["--stack", "nobody"], /^breakwater: there is no Pulumi\.nobody\.yaml/],
    ] as const) {
      const { code, stderr } = await state(...args);
      assert.equal(code, 1);
      assert.match(stderr, reason);
    }
    assert.equal(readFileSync(file, "utf8"), whole);
  });

  test("without any version it is rebuilt of what exists", async () => {
    const { stdout } = await it.pulumi("stack", "output", "--json");
    const { documents, assets } = JSON.parse(stdout);
    const before = await running();
    rmSync(join(it.home, "pulumi", ".pulumi", "history"), { recursive: true });
    for (const name of [file, `${file}.bak`]) rmSync(name);
    assert.equal((await versions()).status, "lost");

    await step(rebuild, { DOCUMENTS: documents.bucket, ASSETS: assets.bucket });
    await step(finish);
    assert.deepEqual(await running(), before, "nothing was replaced, deleted or made twice");
  });
});
