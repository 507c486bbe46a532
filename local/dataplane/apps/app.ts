import { mkdirSync, rmSync } from "node:fs";
import type { Instance } from "./instance.ts";
import { DeployError, type Ground, Rollout, type Running } from "./rollout.ts";
import { Router, type Target } from "./router.ts";
import type { AppSpec, DeploymentSpec, Outcome, Stage } from "./spec.ts";

export interface AppOptions extends Ground {
  /** A certificate of the cloud's authority for these names and addresses. */
  certify(names: readonly string[]): { readonly certificate: string; readonly key: string };
  report(deployment: string, outcome: Outcome): void;
  /** A line for the cloud's log. */
  log(line: string): void;
}

/** Whoever ends the cloud or deletes an app doesn't wait for grace periods. Milliseconds. */
const CLOSING = 5000;

/** A deployment under way. */
interface UnderWay {
  readonly id: string;
  stage: Stage;
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

/** One app: the processes of its live deployment behind its router, and the deployment that is to follow. */
export class App {
  readonly #options: AppOptions;
  readonly #router: Router;
  #spec: AppSpec;
  /** What the router leads to. */
  #live: { id: string; running: ReadonlyMap<string, Running> } | undefined;
  #underWay: UnderWay | undefined;
  /** What was ended here, and is not begun again while its outcome is on its way into the store. */
  readonly #ended = new Set<string>();
  /** Instances on their way out. */
  readonly #leaving = new Map<Instance, Promise<void>>();
  #closed = false;

  constructor(spec: AppSpec, options: AppOptions) {
    this.#spec = spec;
    this.#options = options;
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    this.#router = new Router(spec.url, (name) => this.#targetOf(name), options.log);
  }

  /** Brings the app where its spec says, on its way when this returns. */
  apply(spec: AppSpec): void {
    if (this.#closed) return;
    this.#spec = spec;
    const { live, next } = spec;
    if (this.#underWay && this.#underWay.id !== next?.id) this.#underWay.abort.abort();
    if (next && next.id !== this.#underWay?.id && !this.#ended.has(next.id)) this.#begin(next, "deploy");
    else if (live && this.#live?.id === live.id) this.#serve(live);
    else if (live && !next && !this.#underWay) this.#begin(live, "resume");
  }

  /** What is being done of this deployment, when it is under way. */
  stageOf(deployment: string): Stage | undefined {
    return this.#underWay?.id === deployment ? this.#underWay.stage : undefined;
  }

  /** The components of what is live. */
  get running(): Running[] {
    return [...(this.#live?.running.values() ?? [])];
  }

  /** The processes that it has, each the first of its group: those that come and go included. */
  get pids(): number[] {
    return [...this.#options.pids];
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#underWay?.abort.abort();
    await this.#underWay?.done;
    const instances = [...instancesIn(this.#live?.running ?? new Map()), ...this.#leaving.keys()];
    const ended = instances.map((instance) => instance.stop(CLOSING));
    await Promise.all([this.#router.close(), ...ended, ...this.#leaving.values()]);
    this.#live = undefined;
  }

  forget(): void {
    rmSync(this.#options.folder, { recursive: true, force: true });
  }

  #begin(deployment: DeploymentSpec, how: "deploy" | "resume"): void {
    const before = this.#underWay?.done;
    const abort = new AbortController();
    const underWay: UnderWay = {
      id: deployment.id,
      stage: "building",
      abort,
      done: Promise.resolve(before).then(() => this.#roll(deployment, underWay, how)),
    };
    this.#underWay = underWay;
    void underWay.done.then(() => {
      if (this.#underWay !== underWay) return;
      this.#underWay = undefined;
      this.apply(this.#spec); // one that was given up may have left the one before it without its processes
    });
  }

  /** Never rejects. */
  async #roll(deployment: DeploymentSpec, underWay: UnderWay, how: "deploy" | "resume"): Promise<void> {
    const { report, log } = this.#options;
    const { signal } = underWay.abort;
    const rollout = new Rollout(this.#spec.id, deployment, this.#options, signal);
    let outcome: Outcome = { phase: "ACTIVE" };
    try {
      if (how === "resume") await this.#resume(rollout);
      else await this.#deploy(rollout, underWay);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof DeployError)) log(`app ${this.#spec.name}: ${String(error)}`);
      const failure =
        error instanceof DeployError
          ? error.failure
          : { component: "", code: "DeployFailed", message: String(error) };
      outcome = { phase: "ERROR", stage: underWay.stage, failure };
      await rollout.runJobs("FAILED_DEPLOY", "finishing").catch(() => {}); // its log says so
    }
    if (how === "resume" || signal.aborted) return;
    this.#ended.add(deployment.id);
    report(deployment.id, outcome);
  }

  /** What was live before the cloud ended: without jobs, and without waiting for anyone. */
  async #resume(rollout: Rollout): Promise<void> {
    let running: ReadonlyMap<string, Running> = new Map();
    try {
      await rollout.locate();
      running = rollout.start();
    } finally {
      this.#goLive(rollout.deployment, running);
    }
  }

  async #deploy(rollout: Rollout, underWay: UnderWay): Promise<void> {
    const { deployment } = rollout;
    const { signal } = underWay.abort;
    this.#options.logs.makeRoom(this.#spec.id);
    await rollout.locate();
    await rollout.build();
    underWay.stage = "preparing";
    if (!deployment.restarts) await rollout.runJobs("PRE_DEPLOY", "preparing");
    underWay.stage = "starting";
    const kept = this.#keptBy(deployment);
    const started = rollout.start((name) => !kept.has(name));
    try {
      await rollout.untilReady(started.values());
      signal.throwIfAborted();
    } catch (error) {
      await Promise.all(instancesIn(started).map((instance) => instance.stop()));
      throw error;
    }
    underWay.stage = "finishing";
    this.#goLive(deployment, new Map([...kept, ...started]));
    // The platform has released by now: a job that fails here changes nothing.
    if (!deployment.restarts) await rollout.runJobs("POST_DEPLOY", "finishing").catch(onlyDeployErrors);
  }

  /** Components of the live deployment that a restart of others leaves alone. */
  #keptBy({ restarts }: DeploymentSpec): Map<string, Running> {
    return new Map(
      [...(this.#live?.running ?? [])].filter(([name]) => restarts?.length && !restarts.includes(name)),
    );
  }

  #goLive(deployment: DeploymentSpec, running: ReadonlyMap<string, Running>): void {
    const before = this.#live?.running ?? new Map<string, Running>();
    this.#live = { id: deployment.id, running };
    this.#serve(deployment);
    const stays = new Set(instancesIn(running));
    for (const { spec, instances } of before.values())
      for (const instance of instances) {
        if (stays.has(instance)) continue;
        const gone = instance.drain(spec.drain).finally(() => this.#leaving.delete(instance));
        this.#leaving.set(instance, gone);
      }
  }

  #serve(deployment: DeploymentSpec): void {
    const { url, domains } = this.#spec;
    this.#router.apply(deployment, this.#options.certify, [new URL(url).hostname, ...domains]);
  }

  #targetOf(name: string): Target | undefined {
    const running = this.#live?.running.get(name);
    if (!running) return undefined;
    if (running.site !== undefined && running.spec.site)
      return { ...running.spec.site, folder: running.site };
    return { instances: running.instances.filter((instance) => instance.ready) };
  }
}

const instancesIn = (running: ReadonlyMap<string, Running>): Instance[] =>
  [...running.values()].flatMap(({ instances }) => instances);

function onlyDeployErrors(error: unknown): void {
  if (!(error instanceof DeployError)) throw error;
}
