import { setTimeout as delay } from "node:timers/promises";
import { messageIn } from "./checks/result.ts";

/**
 * Waits for the result of a drill's job and prints it: from the job's log, by DigitalOcean's API, with the token of the environment.
 * `DRILL_ID` and `DRILL_APP` say which; after `DRILL_PATIENCE_MINUTES` it gives up.
 */
const { env } = process;
const base = (env.DIGITALOCEAN_API_URL || "https://api.digitalocean.com").replace(/\/+$/, "");
const token = env.DIGITALOCEAN_TOKEN || env.DIGITALOCEAN_ACCESS_TOKEN || "";
const app = encodeURIComponent(env.DRILL_APP ?? "");
const id = env.DRILL_ID ?? "";
const deadline = Date.now() + Number(env.DRILL_PATIENCE_MINUTES ?? 40) * 60_000;

/** Milliseconds between two looks. */
const AGAIN = 1_000;

async function ask(path: string): Promise<unknown> {
  const answer = await fetch(`${base}${path}`, { headers: { authorization: `Bearer ${token}` } });
  return answer.ok ? answer.json() : undefined;
}

interface Deployments {
  deployments?: { id: string; phase: string }[];
}
interface Logs {
  live_url?: string;
  historic_urls?: string[];
}

/** Everything that the job has said, wherever the platform keeps it. */
async function logOf(deployment: string): Promise<string> {
  const path = `/v2/apps/${app}/deployments/${deployment}/components/drill/logs?type=RUN&follow=false`;
  const { live_url, historic_urls = [] } = ((await ask(path)) ?? {}) as Logs;
  const urls = [...historic_urls, ...(live_url ? [live_url] : [])];
  const texts = await Promise.all(
    urls.map((url) =>
      fetch(url, { signal: AbortSignal.timeout(20_000) }).then(
        (answer) => (answer.ok ? answer.text() : ""),
        () => "",
      ),
    ),
  );
  return texts.join("\n");
}

/** Looks that a deployment which has ended may still be given, since logs come after it. */
const GRACE = 60;

let after = 0;
for (;;) {
  const [latest] =
    ((await ask(`/v2/apps/${app}/deployments?per_page=1`)) as Deployments | undefined)?.deployments ?? [];
  const found = latest && messageIn(await logOf(latest.id), id);
  if (found) {
    process.stdout.write(JSON.stringify(found));
    break;
  }
  if (latest && ["ACTIVE", "ERROR", "CANCELED"].includes(latest.phase)) after += 1;
  if (Date.now() > deadline || after > GRACE) {
    console.error(`the job left no result in their log (deployment ${latest?.phase ?? "unknown"})`);
    process.exit(1);
  }
  await delay(AGAIN);
}
