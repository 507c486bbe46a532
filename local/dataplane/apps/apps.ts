import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { endLeftovers } from "../process.ts";
import { App } from "./app.ts";
import { type LogServer, serveLogs } from "./log-server.ts";
import { type LogQuery, Logs } from "./logs.ts";
import { appOf, type Usage, usageOf } from "./pids.ts";
import type { Ground } from "./rollout.ts";
import type { AppSpec, Outcome, Stage } from "./spec.ts";

export interface AppsOptions extends Pick<Ground, "workspaces" | "programs"> {
  /** Where their logs, and the notes of their processes, are kept. */
  folder: string;
  /** A certificate of the cloud's authority for these names and addresses. */
  certify(names: readonly string[]): { readonly certificate: string; readonly key: string };
  /** A deployment ended: the store should know, and `apply` is to follow. */
  report(app: string, deployment: string, outcome: Outcome): void;
  /** A line for the cloud's log. */
  log(line: string): void;
}

/** What is seen of a component of what is live. */
export interface ComponentHealth {
  readonly name: string;
  readonly kind: "service" | "worker";
  readonly instances: readonly { readonly name: string; readonly ready: boolean; readonly crashes: number }[];
  readonly usage: Usage;
}

/** The apps that run for the cloud. */
export interface Apps {
  /** Brings every app where its spec says; on its way when this returns. What has no spec goes, with its logs. */
  apply(specs: readonly AppSpec[]): void;
  /** What is being done of a deployment under way here. */
  stageOf(app: string, deployment: string): Stage | undefined;
  healthOf(app: string): ComponentHealth[];
  /** Links to the lines of a log; `follow` makes one that goes on. None when nothing was written. */
  logLink(query: LogQuery, options: { follow: boolean; tail?: number | undefined }): string | undefined;
  /** The id of the app to which a process belongs: one of its own, or what that started. */
  appOfPid(pid: number): string | undefined;
  close(): Promise<void>;
}

/** Runs apps. What an earlier cloud left running is ended first. */
export async function runApps(options: AppsOptions): Promise<Apps> {
  const { folder, report, log } = options;
  const running = join(folder, "running");
  mkdirSync(running, { recursive: true, mode: 0o700 });
  await endLeftovers(running, "SIGKILL");
  const logs = new Logs(join(folder, "logs"));
  const logServer: LogServer = await serveLogs(logs);
  const apps = new Map<string, App>();
  /** Apps on their way out. */
  const leaving = new Map<string, Promise<void>>();

  function remove(id: string, app: App): void {
    apps.delete(id);
    const gone = app
      .close()
      .then(() => {
        app.forget();
        logs.forget(id);
      })
      .catch((error: unknown) => log(`app ${id}: ${String(error)}`))
      .finally(() => leaving.delete(id));
    leaving.set(id, gone);
  }

  return {
    apply(specs) {
      const wanted = new Map(specs.map((spec) => [spec.id, spec]));
      for (const [id, app] of apps) if (!wanted.has(id)) remove(id, app);
      for (const spec of specs) {
        const known = apps.get(spec.id);
        const app =
          known ??
          new App(spec, {
            ...options,
            logs,
            folder: join(running, spec.id),
            pids: new Set(),
            report: (deployment, outcome) => report(spec.id, deployment, outcome),
          });
        apps.set(spec.id, app);
        app.apply(spec);
      }
    },
    stageOf: (app, deployment) => apps.get(app)?.stageOf(deployment),
    healthOf(id) {
      const components = apps.get(id)?.running ?? [];
      return components.flatMap(({ spec: { name, kind }, instances }) =>
        kind === "service" || kind === "worker"
          ? [
              {
                name,
                kind,
                instances: instances.map(({ name, ready, crashes }) => ({ name, ready, crashes })),
                usage: usageOf(instances.flatMap(({ pid }) => pid ?? [])),
              },
            ]
          : [],
      );
    },
    logLink(query, how) {
      return how.follow || logs.read(query).length > 0 ? logServer.linkTo(query, how) : undefined;
    },
    appOfPid(pid) {
      const owners = new Map(
        [...apps].flatMap(([id, app]) => app.pids.map((process) => [process, id] as const)),
      );
      return appOf(pid, owners);
    },
    async close() {
      const all = [...apps.values()].map((app) => app.close());
      await Promise.all([...all, ...leaving.values()]);
      logServer.close();
    },
  };
}
