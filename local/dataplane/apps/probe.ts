import { request } from "node:http";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Probe } from "./spec.ts";

/** How a series of probes ended. */
export type Verdict = "passed" | "failed";

/**
 * Waits for a starting process to pass. It has as long as the platform would give it, the delay and `failures` periods,
 * but is asked sooner and more often than there: a process at hand is up before a container in a cluster is.
 * @throws AbortError when `signal` ends it before
 */
export async function judge(probe: Probe, port: number, signal: AbortSignal): Promise<Verdict> {
  const deadline = Date.now() + probe.delay + probe.failures * probe.period;
  for (
    let passed = 0, pause = FIRST_PAUSE;
    Date.now() < deadline;
    pause = Math.min(2 * pause, LONGEST_PAUSE)
  ) {
    passed = (await passes(probe, port)) ? passed + 1 : 0;
    if (passed >= probe.successes) return "passed";
    await delay(Math.min(pause, probe.period), undefined, { signal });
  }
  return "failed";
}

const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 1000;

/** Probes for as long as the instance runs, and tells each change of its verdict. */
export async function watchOver(
  probe: Probe,
  port: number,
  signal: AbortSignal,
  tell: (verdict: Verdict) => void,
): Promise<void> {
  let verdict: Verdict = "passed";
  await delay(probe.delay, undefined, { signal });
  for (let passed = 0, failed = 0; ; await delay(probe.period, undefined, { signal })) {
    if (await passes(probe, port)) [passed, failed] = [passed + 1, 0];
    else [passed, failed] = [0, failed + 1];
    signal.throwIfAborted();
    const now: Verdict = passed >= probe.successes ? "passed" : failed >= probe.failures ? "failed" : verdict;
    if (now === verdict) continue;
    verdict = now;
    tell(now);
  }
}

/** 200 to 399 passes, as for Kubernetes' probes, which the platform's are. */
function passes({ path, timeout }: Probe, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    if (path === undefined) {
      const socket = connect(port, "127.0.0.1");
      socket.setTimeout(timeout, () => socket.destroy());
      socket.once("connect", () => {
        resolve(true);
        socket.destroy();
      });
      socket.on("error", () => {});
      socket.once("close", () => resolve(false));
      return;
    }
    const asked = request({
      host: "127.0.0.1",
      port,
      path,
      agent: false,
      headers: { "user-agent": "kube-probe" },
    });
    const timer = setTimeout(() => asked.destroy(), timeout);
    asked.once("response", (response) => {
      const { statusCode = 0 } = response;
      resolve(statusCode >= 200 && statusCode < 400);
      response.resume();
    });
    asked.on("error", () => {});
    asked.once("close", () => {
      clearTimeout(timer);
      resolve(false);
    });
    asked.end();
  });
}
