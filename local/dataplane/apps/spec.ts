/** What an app is to be. It is made anew from the store whenever something changes; nothing in it knows the API. */
export interface AppSpec {
  /** The app's UUID. */
  readonly id: string;
  readonly name: string;
  /** Where it is reached, `https://<address>:<port>`; the address is its own. */
  readonly url: string;
  /** Its domains, which its certificate names beside the address. */
  readonly domains: readonly string[];
  /** The deployment that is live. */
  readonly live?: DeploymentSpec;
  /** The one that is to become live. */
  readonly next?: DeploymentSpec;
}

export interface DeploymentSpec {
  readonly id: string;
  readonly components: readonly ComponentSpec[];
  readonly rules: readonly RuleSpec[];
  /** A header that every request gets, so that components can tell what came through the router. */
  readonly header?: { readonly key: string; readonly value: string };
  /** Only these components are started anew, and no job runs. */
  readonly restarts?: readonly string[];
}

export type Kind = "service" | "worker" | "job" | "static site" | "functions";

export interface ComponentSpec {
  readonly name: string;
  readonly kind: Kind;
  /** The image's repository, with its tag, or the clone's address: what the table of workspaces knows. */
  readonly source: string;
  /** Of a source that is built: the folder in its repository. */
  readonly folder: string;
  readonly build?: { readonly command: string; readonly env: Environment };
  /** Instead of the image's own command. */
  readonly command?: string;
  readonly env: Environment;
  readonly instances: number;
  readonly job?: "PRE_DEPLOY" | "POST_DEPLOY" | "FAILED_DEPLOY" | "SCHEDULED";
  /** Of a service that answers requests. */
  readonly serves?: {
    /** Other components of the app reach it here, on the app's address. */
    readonly privatePort: number;
    readonly readiness: Probe;
  };
  readonly liveness?: Probe;
  readonly site?: {
    readonly folder?: string;
    readonly index: string;
    readonly error: string;
    readonly catchall?: string;
  };
  /** How long requests may go on after an instance left the router, and how long it has after SIGTERM, in milliseconds. */
  readonly drain: number;
  readonly grace: number;
  /** After how many milliseconds a job is ended. */
  readonly limit: number;
}

export type Environment = Readonly<Record<string, string>>;

/** A check of an instance, times in milliseconds. Without a path it asks whether the port takes connections. */
export interface Probe {
  readonly path?: string;
  readonly delay: number;
  readonly period: number;
  readonly timeout: number;
  readonly successes: number;
  readonly failures: number;
}

/** A rule of the ingress. */
export interface RuleSpec {
  readonly prefix: string;
  readonly authority?: string;
  readonly component?: { readonly name: string; readonly keepPrefix: boolean; readonly rewrite?: string };
  readonly redirect?: Redirect;
  readonly cors?: Cors;
}

export interface Redirect {
  readonly uri?: string | undefined;
  readonly authority?: string | undefined;
  readonly port?: number | undefined;
  readonly scheme?: string | undefined;
  readonly code: number;
}

export interface Cors {
  readonly origins: readonly {
    exact?: string | undefined;
    prefix?: string | undefined;
    regex?: string | undefined;
  }[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
  /** Seconds. */
  readonly maxAge?: number;
  readonly credentials: boolean;
}

/** How far a deployment got: what is being done. */
export type Stage = "building" | "preparing" | "starting" | "finishing";

/** How a deployment ended. */
export type Outcome =
  | { readonly phase: "ACTIVE" }
  | { readonly phase: "ERROR"; readonly stage: Stage; readonly failure: Failure };

export interface Failure {
  readonly component: string;
  /** As the platform names it, such as `DeployContainerHealthChecksFailed`. */
  readonly code: string;
  readonly message: string;
}
