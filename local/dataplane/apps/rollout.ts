import { dirname, join } from "node:path";
import { Instance } from "./instance.ts";
import { runJob } from "./job.ts";
import type { Logs, LogType } from "./logs.ts";
import type { ComponentSpec, DeploymentSpec, Environment, Failure, Stage } from "./spec.ts";
import { findWorkspace, folderIn, isFolder, type Workspace, type Workspaces } from "./workspaces.ts";

/** What all deployments of an app need. */
export interface Ground {
  /** Of the app alone: the files of its processes. */
  readonly folder: string;
  /** The processes of the app, each the first of its group. */
  readonly pids: Set<number>;
  readonly workspaces: Workspaces;
  readonly logs: Logs;
  /** Folders with the programs of this name, for workspaces that ask for them. */
  readonly programs: (name: string) => Promise<string>;
}

/** A component of a deployment at work. */
export interface Running {
  readonly spec: ComponentSpec;
  readonly instances: readonly Instance[];
  /** Of a static site: what it serves. */
  readonly site?: string;
}

/** A deployment could not become live. */
export class DeployError extends Error {
  readonly stage: Stage;
  readonly failure: Failure;

  constructor(stage: Stage, failure: Failure) {
    super(failure.message);
    this.stage = stage;
    this.failure = failure;
  }
}

/** What a process finds beside its own variables: this Node, and the system's programs. */
const PATH = `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`;
/** Starts that may fail before a deployment is given up. */
const CRASHES = 3;
/** Where a build leaves its pages when the spec doesn't say (https://docs.digitalocean.com/products/app-platform/reference/app-spec/). */
const OUTPUT_FOLDERS = ["_static", "dist", "public", "build"];
/** Builds are ended after an hour, as on the platform. */
const BUILD_LIMIT = 3600_000;

/** Where a component runs, and by which command. */
interface Place {
  cwd: string;
  command: string | undefined;
  env: Environment;
}

/** The steps of one deployment of an app. */
export class Rollout {
  readonly deployment: DeploymentSpec;
  readonly #app: string;
  readonly #ground: Ground;
  readonly #signal: AbortSignal;
  readonly #places = new Map<string, Place>();

  /** @param signal gives it up */
  constructor(app: string, deployment: DeploymentSpec, ground: Ground, signal: AbortSignal) {
    this.#app = app;
    this.deployment = deployment;
    this.#ground = ground;
    this.#signal = signal;
  }

  /** Finds where each component's code is. */
  async locate(): Promise<void> {
    for (const spec of this.deployment.components) {
      const workspace = findWorkspace(this.#ground.workspaces, spec.source);
      if (!workspace || spec.kind === "functions") {
        const why = workspace ? "functions are not run here" : `local/workspaces.json has no ${spec.source}`;
        this.say(spec, "DEPLOY", `${spec.name} is not run: ${why}`);
        continue;
      }
      const place = await this.#placeOf(spec, workspace);
      if (place) this.#places.set(spec.name, place);
    }
  }

  /** @throws DeployError */
  async build(): Promise<void> {
    for (const spec of this.deployment.components) {
      const place = this.#places.get(spec.name);
      if (!place || !spec.build) continue;
      const { command, env } = spec.build;
      const ending = await this.#run(
        spec,
        "BUILD",
        { ...place, env: { ...place.env, ...env } },
        command,
        BUILD_LIMIT,
      );
      if (ending !== undefined) throw this.#failed(spec, "building", "BuildJobExitNonZero", ending);
    }
  }

  /** Runs the jobs of one kind, one after the other. @throws DeployError at the first that fails */
  async runJobs(kind: ComponentSpec["job"], stage: Stage): Promise<void> {
    for (const spec of this.deployment.components) {
      const place = this.#places.get(spec.name);
      if (spec.job !== kind || !place) continue;
      if (place.command === undefined) {
        this.say(spec, "DEPLOY", `${spec.name} is not run: neither its spec nor its image has a command`);
        continue;
      }
      const env = { ...place.env, ...spec.env };
      const ending = await this.#run(spec, "RUN", { ...place, env }, place.command, spec.limit);
      if (ending !== undefined) throw this.#failed(spec, stage, "DeployContainerExitNonZero", ending);
    }
  }

  /** Starts the services, workers and sites that are `wanted`. @throws DeployError when a site has no pages */
  start(wanted: (name: string) => boolean = () => true): Map<string, Running> {
    const placed = this.deployment.components.flatMap((spec) => {
      const place = this.#places.get(spec.name);
      return place && spec.kind !== "job" && wanted(spec.name) ? [{ spec, place }] : [];
    });
    // Sites first: one that is missing ends the deployment before a process was started.
    const sites = placed.filter(({ spec }) => spec.kind === "static site");
    const processes = placed.filter(({ spec }) => spec.kind !== "static site");
    const running: Running[] = [
      ...sites.map(({ spec, place }) => ({ spec, instances: [], site: this.#siteOf(spec, place.cwd) })),
      ...processes.map(({ spec, place }) => ({ spec, instances: this.#instancesOf(spec, place) })),
    ];
    return new Map(running.map((each) => [each.spec.name, each]));
  }

  /** Waits until all instances can be relied on. @throws DeployError when one can't */
  async untilReady(running: Iterable<Running>): Promise<void> {
    const failing = new AbortController();
    const signal = AbortSignal.any([this.#signal, failing.signal]);
    const waits = [...running].flatMap(({ spec, instances }) =>
      instances.map(async (instance) => {
        if ((await instance.becomesReady(CRASHES, signal)) || signal.aborted) return;
        throw instance.unhealthy
          ? this.#failed(spec, "starting", "DeployContainerHealthChecksFailed", "failed its health checks")
          : this.#failed(spec, "starting", "DeployContainerExitNonZero", `ended ${CRASHES} times`);
      }),
    );
    try {
      await Promise.all(waits);
    } finally {
      failing.abort();
      await Promise.allSettled(waits);
    }
    this.#signal.throwIfAborted();
  }

  say(spec: ComponentSpec, type: LogType, ...lines: string[]): void {
    this.#ground.logs.write(
      { app: this.#app, deployment: this.deployment.id, component: spec.name, type },
      lines,
    );
  }

  async #placeOf(spec: ComponentSpec, workspace: Workspace): Promise<Place | undefined> {
    const cwd = folderIn(workspace.folder, spec.folder);
    if (cwd === undefined) {
      this.say(spec, "DEPLOY", `${spec.name} is not run: ${spec.source} has no folder ${spec.folder}`);
      return undefined;
    }
    try {
      const folders = await Promise.all(workspace.programs.map(this.#ground.programs));
      const env = { ...workspace.env, PATH: [...folders, PATH].join(":") };
      return { cwd, command: spec.command ?? workspace.command, env };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.say(spec, "DEPLOY", `${spec.name} is not run: a program that it needs can't be had (${why})`);
      return undefined;
    }
  }

  #instancesOf(spec: ComponentSpec, { cwd, command, env }: Place): Instance[] {
    if (command === undefined) {
      this.say(spec, "DEPLOY", `${spec.name} is not run: neither its spec nor its image has a command`);
      return [];
    }
    return Array.from({ length: spec.instances }, (_, number) => {
      this.say(spec, "DEPLOY", `starting instance ${number + 1} of ${spec.instances}`);
      return new Instance({
        name: `${spec.name}-${this.deployment.id.slice(0, 8)}-${number}`,
        folder: this.#ground.folder,
        pids: this.#ground.pids,
        command,
        cwd,
        env: { ...env, ...spec.env },
        readiness: spec.serves?.readiness,
        liveness: spec.liveness,
        grace: spec.grace,
        said: (lines) => this.say(spec, "RUN", ...lines),
        crashed: ({ code, signal }, last) => {
          const how = signal ? `by ${signal}` : `with exit code ${code}`;
          this.say(spec, "RUN_RESTARTED", ...last, `ended ${how}: starting it again`);
        },
      });
    });
  }

  #siteOf(spec: ComponentSpec, cwd: string): string {
    const given = spec.site?.folder;
    const folder = given === undefined ? OUTPUT_FOLDERS.find((name) => isFolder(join(cwd, name))) : given;
    const site = folderIn(cwd, folder ?? "");
    if (site === undefined)
      throw this.#failed(spec, "starting", "BuildJobOutputDirMissing", `left no folder ${folder}`);
    return site;
  }

  /** Runs a command to its end. Gives how it failed, if it did. */
  async #run(spec: ComponentSpec, type: LogType, place: Place, command: string, limit: number) {
    const ending = await runJob(
      {
        name: `${spec.name}-${this.deployment.id.slice(0, 8)}`,
        folder: this.#ground.folder,
        pids: this.#ground.pids,
        command,
        cwd: place.cwd,
        env: place.env,
        limit,
        grace: spec.grace,
        said: (lines) => this.say(spec, type, ...lines),
      },
      this.#signal,
    );
    this.#signal.throwIfAborted();
    if (ending.code === 0) return undefined;
    return ending.signal ? `ended by ${ending.signal}` : `exited with code ${ending.code}`;
  }

  #failed(spec: ComponentSpec, stage: Stage, code: string, what: string): DeployError {
    const message = `${spec.kind} ${spec.name} ${what}`;
    this.say(spec, "DEPLOY", message);
    return new DeployError(stage, { component: spec.name, code, message });
  }
}
