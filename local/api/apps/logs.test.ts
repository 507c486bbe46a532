import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { accessSync } from "node:fs";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { ask, deployed, job, linesOf, servedCloud, spec, told } from "./testing.ts";

interface Links {
  historic_urls: string[];
  live_url: string;
}

test("a log that is followed goes on with what comes, as text and over a WebSocket", async (t) => {
  const served = await servedCloud(t);
  const app = await deployed(served);
  const path = `/v2/apps/${app.id}/components/api/logs?type=RUN`;
  const { body } = await served.cloud.get<Links>(`${path}&follow=true`);
  const stop = new AbortController();
  const response = await fetch(body.live_url, { signal: stop.signal });
  const socket = new WebSocket(body.live_url.replace("http:", "ws:"));
  const messages: string[] = [];
  const isTold = new Promise<void>((resolve) => {
    socket.addEventListener("message", ({ data }) => {
      messages.push(JSON.parse(String(data)).data);
      if (messages.some((line) => line.endsWith(" ending\n"))) resolve();
    });
  });
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  const { pid } = await told(served, app.live_url);
  process.kill(pid, "SIGTERM"); // which it says
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (text.includes(" ending\n")) break;
  }
  await isTold;
  socket.close();
  stop.abort();
  assert.match(text, /^api \d{4}-\d\d-\d\dT[\d:.]+Z release none\n/);
  assert.ok(text.startsWith(messages[0] ?? "none"));
  assert.equal((await served.cloud.get<Links>(path)).body.live_url, "", "who doesn't follow needs none");
});

test("a link to a log opens that one alone", async (t) => {
  const served = await servedCloud(t);
  const app = await deployed(served, spec({ jobs: [job("PRE_DEPLOY", "echo from the job")] }));
  const { body } = await served.cloud.get<Links>(`/v2/apps/${app.id}/components/pre-deploy/logs?type=RUN`);
  const [link = ""] = body.historic_urls;
  assert.match(await (await fetch(link)).text(), /from the job/);
  for (const other of [
    link.replace("pre-deploy", "api"),
    link.replace("RUN", "DEPLOY"),
    link.replace(/token=\w+/, `token=${"0".repeat(64)}`),
  ])
    assert.equal((await fetch(other)).status, 403, other);
  assert.equal((await served.cloud.get(`/v2/apps/${app.id}/logs?type=NONE`)).status, 400);
  assert.equal((await served.cloud.get(`/v2/apps/${app.id}/components/none/logs?type=RUN`)).status, 404);
});

test("of what a process says without end the last is kept", async (t) => {
  const served = await servedCloud(t);
  const flood =
    "i=0; while [ $i -lt 40000 ]; do i=$((i+1)); echo $i: a line of some length, that there be something to keep less of; done";
  const app = await deployed(served, { name: "flood", region: "nyc", jobs: [job("PRE_DEPLOY", flood)] });
  const lines = await linesOf(
    served,
    `/v2/apps/${app.id}/deployments/${app.active_deployment?.id}/logs?type=RUN`,
  );
  assert.match(lines.at(-1) ?? "", / 40000: /);
  assert.ok(lines.length > 5000 && lines.length < 40_000, `${lines.length} lines`);
  const numbers = lines.map((line) => Number(/ (\d+): /.exec(line)?.[1]));
  assert.ok(
    numbers.every((number, at) => at === 0 || number === (numbers[at - 1] ?? 0) + 1),
    "none is missing within",
  );
});

const doctl = (process.env.PATH ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "doctl"))
  .find((file) => {
    try {
      accessSync(file);
      return true;
    } catch {
      return false;
    }
  });

test("doctl reads and follows logs", { skip: !doctl && "doctl is not on the PATH" }, async (t) => {
  const served = await servedCloud(t);
  const app = await deployed(served);
  await ask(served, `${app.live_url}/x`);
  const env = {
    ...process.env,
    DIGITALOCEAN_ACCESS_TOKEN: served.cloud.token,
    DIGITALOCEAN_API_URL: served.cloud.url,
  };
  const read = ["apps", "logs", app.id, "api", "--type", "run"];
  const { stdout } = await promisify(execFile)(doctl ?? "", read, { env });
  assert.match(stdout, /^api \S+Z release none\n/);
  const following = promisify(execFile)(doctl ?? "", [...read, "--follow"], { env });
  const seen = new Promise<string>((resolve) => {
    let text = "";
    following.child.stdout?.on("data", (chunk) => {
      text += chunk;
      if (text.includes("release none")) resolve(text);
    });
  });
  assert.match(await seen, /^api \S+Z release none\n/);
  following.child.kill("SIGINT");
  await following.catch(() => {});
});
