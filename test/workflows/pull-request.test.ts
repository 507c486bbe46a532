import assert from "node:assert/strict";
import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { change } from "../e2e/settings.ts";
import { type Clone, clone } from "./clone.ts";
import { job, type Run, runJob } from "./runner.ts";

/** What a pull request's checks do, step by step, in a clone of its merge commit. */
describe("the checks of a pull request", () => {
  let it: Clone;
  before(async () => {
    it = await clone();
  });
  after(() => it.remove());

  const rehearse = (stack: string): Promise<Run> =>
    runJob(job("pull-request", "rehearse"), { cwd: it.root, env: it.env, contexts: { matrix: { stack } } });
  const left = (part: string) => readFileSync(join(it.root, "report", part), "utf8");
  const results = ({ steps }: Run) => Object.fromEntries(steps.map(({ name, result }) => [name, result]));
  const said = ({ steps }: Run) => steps.map(({ name, output }) => `${name}:\n${output}`).join("\n");

  test("a change of settings: its price, its policies, its plan", async () => {
    change(it.root, ["postgres", "size"], "db-s-2vcpu-4gb", "staging");
    it.commit("A larger database");
    const run = await rehearse("staging");
    assert.equal(run.result, "success", said(run));
    assert.match(left("cost.txt"), /db-s-2vcpu-4gb/);
    assert.match(left("policies.txt"), /\S/);
    assert.match(left("rehearsal.txt"), /^Rehearsal of staging: passed$/m);
    assert.match(left("rehearsal.txt"), /postgres-cluster.*size/s);
    assert.match(run.summary, /db-s-2vcpu-4gb[\s\S]*Rehearsal of staging/);
  });

  test("an unsafe resource: policies and rehearsal fail, and say why; the report is left all the same", async () => {
    rmSync(join(it.root, "report"), { recursive: true });
    const args = `{ engine: "pg", version: "17", nodeCount: 1, region: "fra1", size: "db-s-1vcpu-2gb" }`;
    const bare = `new digitalocean.DatabaseCluster("bare", ${args}, { provider });`;
    appendFileSync(join(it.root, "index.ts"), `\n${bare}\n`);
    it.commit("A database for everyone");
    const run = await rehearse("staging");
    assert.equal(run.result, "failure", said(run));
    assert.partialDeepStrictEqual(results(run), {
      Price: "success",
      Policies: "failure",
      Rehearsal: "failure",
      Summary: "success",
    });
    assert.match(left("policies.txt"), /database-cluster-firewalled/);
    assert.ok(existsSync(join(it.root, "report", "cost.txt")));
  });

  test("settings that can't be used: every step says so in one line", async () => {
    change(it.root, ["region"], "mars1", "staging");
    it.commit("Another planet");
    const run = await rehearse("staging");
    assert.equal(run.result, "failure");
    for (const { name, result, output } of run.steps) {
      if (!["Price", "Policies", "Rehearsal"].includes(name)) continue;
      assert.equal(result, "failure", name);
      assert.match(output, /breakwater:region: "mars1" must be one of ams3/, name);
      assert.doesNotMatch(output, /\n\s+at .+:\d+/, name);
    }
  });
});
