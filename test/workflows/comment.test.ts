import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { gitHub } from "./github.ts";
import { folder, holds, job, type Run, runJob } from "./runner.ts";

/** The workflows that write to GitHub, against a GitHub on this machine. */

const root = join(folder, "..", "..");
const api = await gitHub();
let temp: string;

beforeEach(() => {
  temp = mkdtempSync(join(tmpdir(), "runner-temp-"));
  mkdirSync(join(temp, "reports"));
  for (const list of [api.pulls, api.issues, api.comments]) list.length = 0;
});
afterEach(() => rmSync(temp, { recursive: true, force: true }));

/** What the step that downloads the artifacts would have left. */
function report(path: string, text: string): void {
  mkdirSync(dirname(join(temp, "reports", path)), { recursive: true });
  writeFileSync(join(temp, "reports", path), text);
}

const event = (conclusion = "failure") => ({
  event: "pull_request",
  conclusion,
  head_sha: "0123456789abcdef",
  head_branch: "a-branch",
  head_repository: { owner: { login: "someone" } },
  html_url: "https://github.example/run/1",
});

const contexts = (more: object = {}) => ({
  github: {
    token: api.token,
    server_url: "https://github.example",
    repository: "team/product",
    run_id: 1,
    ...more,
  },
  runner: { temp },
});

const run = (file: string, id: string, more: object = {}): Promise<Run> =>
  runJob(job(file, id), {
    cwd: root,
    env: { PATH: process.env.PATH, ...api.env },
    contexts: contexts(more),
  });

describe("the comment on a pull request", () => {
  const comment = (conclusion?: string) =>
    run("comment", "comment", { event: { workflow_run: event(conclusion) } });
  beforeEach(() => {
    api.pulls.push({ number: 7, head: "someone:a-branch", sha: "0123456789abcdef" });
    api.pulls.push({ number: 8, head: "someone-else:a-branch", sha: "0123456789abcdef" });
  });

  test("has price, policies and plan of every stack, and is changed by the next run", async () => {
    report("report-prod/cost.txt", "total 123.45 USD\n");
    report("report-prod/rehearsal.txt", "+ 21 created\n");
    report("report-staging/policies.txt", "0 violations\n");
    const first = await comment("success");
    assert.equal(first.result, "success", first.steps[0]?.output);
    assert.deepEqual(
      api.comments.map(({ issue }) => issue),
      [7],
    );
    const body = api.comments[0]?.body ?? "";
    assert.match(body, /All checks passed/);
    assert.match(body, /### prod\n\n.*Price.*\n\n```text\ntotal 123\.45 USD\n```\n\n<\/details>/);
    assert.match(body, /Plan and rehearsal.*\n\n```text\n\+ 21 created/);
    assert.match(body, /### staging\n\n.*Policies/);

    report("report-prod/cost.txt", "total 150.00 USD\n");
    await comment();
    assert.equal(api.comments.length, 1);
    assert.match(api.comments[0]?.body ?? "", /Checks failed[\s\S]*total 150\.00 USD/);
  });

  test("shows hostile text as text", async () => {
    const hostile =
      "@everyone <img src=x> [a](https://evil.example)\n````\n</details>\u001b[31mred\u001b[0m \u202Eoops\n";
    report("report-prod/cost.txt", hostile);
    assert.equal((await comment()).result, "success");
    const body = api.comments[0]?.body ?? "";
    const [, fenced] = /^`{5}text\n([\s\S]*)\n`{5}$/m.exec(body) ?? [];
    assert.equal(
      fenced,
      hostile.replace("\u001b[31m", "").replace("\u001b[0m", "").replace("\u202E", "").trimEnd(),
    );
  });

  test("leaves out what does not belong there, and cuts what is too long", async () => {
    report("report-prod/cost.txt", "x".repeat(200_000));
    report("report-<b>/cost.txt", "bad name");
    report("report-staging/other.txt", "not asked for");
    symlinkSync("/etc/hostname", join(temp, "reports", "report-staging", "policies.txt"));
    assert.equal((await comment()).result, "success");
    const body = api.comments[0]?.body ?? "";
    assert.ok(body.length < 65_536);
    assert.match(body, /\[cut short\]/);
    assert.doesNotMatch(body, /bad name|not asked for|Policies/);
  });

  test("says that checks failed also when none has left anything", async () => {
    rmSync(join(temp, "reports"), { recursive: true });
    assert.equal((await comment()).result, "success");
    assert.match(api.comments[0]?.body ?? "", /Checks failed/);
  });

  test("is not posted where the commit is not the head any more, and a stranger's comment is left alone", async () => {
    api.comments.push({
      id: 1,
      issue: 7,
      body: "<!-- breakwater: what the checks found -->",
      user: { login: "stranger" },
    });
    await comment();
    assert.equal(api.comments.length, 2);
    api.pulls.length = 0;
    api.pulls.push({ number: 7, head: "someone:a-branch", sha: "another" });
    const { result, steps } = await comment();
    assert.equal(result, "success");
    assert.match(steps[0]?.output ?? "", /No open pull request/);
    assert.equal(api.comments.length, 2);
  });

  test("follows runs of pull requests alone, and fails in one line when GitHub refuses", async () => {
    const follows = (what: object) =>
      holds(job("comment", "comment").if, false, {
        github: { event: { workflow_run: { ...event(), ...what } } },
      });
    assert.ok(follows({}));
    assert.ok(!follows({ event: "push" }));
    assert.ok(!follows({ conclusion: "cancelled" }));
    const { result, steps } = await run("comment", "comment", {
      token: "another",
      event: { workflow_run: event() },
    });
    assert.equal(result, "failure");
    assert.match(steps[0]?.output ?? "", /^::error::GET \/pulls\S+: GitHub answered 401 .*\n$/);
  });
});

describe("the issue of a stack that drifts", () => {
  const issues = () => run("drift", "issue");
  const found = (stack: string, verdict: string, text = "") => {
    report(`drift-${stack}/verdict`, `${verdict}\n`);
    report(`drift-${stack}/drift.txt`, text);
  };

  test("is opened, kept up to date, and closed", async () => {
    found("prod", "drift", "postgres-firewall: rules\n");
    found("staging", "none");
    assert.equal((await issues()).result, "success");
    assert.deepEqual(
      api.issues.map(({ title, state }) => [title, state]),
      [["Stack prod has drifted", "open"]],
    );
    assert.match(api.issues[0]?.body ?? "", /```text\npostgres-firewall: rules\n```/);

    found("prod", "drift", "vpc: description\n");
    await issues();
    assert.equal(api.issues.length, 1);
    assert.match(api.issues[0]?.body ?? "", /vpc: description/);

    found("prod", "none");
    await issues();
    assert.equal(api.issues[0]?.state, "closed");
    assert.match(api.comments[0]?.body ?? "", /Nothing differs any more/);

    found("prod", "drift", "again\n");
    await issues();
    assert.deepEqual(
      api.issues.map(({ state }) => state),
      ["closed", "open"],
    );
  });

  test("is found among hundreds, and is never someone else's", async () => {
    const title = "Stack prod has drifted";
    api.issues.push({ number: 1, state: "open", title, user: { login: "stranger" } });
    for (let number = 2; number < 150; number++)
      api.issues.push({ number, state: "open", title: `Another ${number}`, user: api.bot });
    api.issues.push({ number: 150, state: "open", title, user: api.bot });
    found("prod", "drift", "vpc\n");
    await issues();
    assert.equal(api.issues.length, 150);
    assert.match(api.issues[149]?.body ?? "", /vpc/);
    assert.equal(api.issues[0]?.body, undefined);
  });
});
