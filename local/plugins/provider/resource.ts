/** What a provider is made of: resources and functions, each a table and the calls behind it. */
import type { Failure } from "./check.ts";
import type { Properties } from "./schema.ts";
import type { Values } from "./values.ts";

/** What every operation gets. `Client` is what the provider made of its configuration. */
export interface Operation<Client> {
  readonly client: Client;
  /** The resource's name in the program; empty for functions. */
  readonly name: string;
  /** Aborts when the engine cancels. */
  readonly signal: AbortSignal;
  /** How long the operation may wait for the platform, in milliseconds: customTimeouts, else the resource's own. */
  readonly timeout: number;
  /** Something that went into it is secret: nothing of it may show in messages. */
  readonly confidential: boolean;
  /** Shows a line beside the resource while it is at work. */
  status(line: string): void;
}

/** A resource as the platform has it. */
export interface Existing {
  readonly id: string;
  readonly state: Values;
}

/** Limits in seconds for operations that wait. */
export interface Timeouts {
  readonly create?: number;
  readonly update?: number;
  readonly delete?: number;
}

export interface Resource<Client> {
  readonly properties: Properties;
  /**
   * The version of its state's layout, where that isn't the first: the official plugin takes a state that names none for an
   * old one, and rewrites it.
   */
  readonly schemaVersion?: number;
  readonly timeouts?: Timeouts;
  /** Rules that concern several properties. Values may be unknown. */
  readonly check?: (inputs: Values) => readonly Failure[];
  /** Changes the plan where a table can't say it; `prior` is undefined at a create. */
  readonly plan?: (planned: Values, prior: Values | undefined) => Values;
  /** The properties whose change from `prior` to `planned` forces a replacement in this case only. */
  readonly replacesWhen?: (prior: Values, planned: Values) => readonly string[];
  /** An old object goes before its successor comes, whatever the program says. */
  readonly deleteBeforeReplace?: boolean;

  /** Makes it. What it throws after the platform has an object is lost to the state, unless it is a `PartialFailure`. */
  create(operation: Operation<Client>, planned: Values): Promise<Existing>;
  /** Undefined when it is gone. `state` is the last known one, empty when it is imported. */
  read(operation: Operation<Client>, id: string, state: Values): Promise<Existing | undefined>;
  /** Without it every change replaces. */
  update?(operation: Operation<Client>, id: string, planned: Values, prior: Values): Promise<Existing>;
  delete(operation: Operation<Client>, id: string, state: Values): Promise<void>;
  /** Turns the id that a user imports into what `read` needs; throws when it has another form. */
  importId?(id: string): Existing;
}

/** A function (data source) that programs call. */
export interface Invokable<Client> {
  readonly properties: Properties;
  readonly check?: (inputs: Values) => readonly Failure[];
  invoke(operation: Operation<Client>, inputs: Values): Promise<Values>;
}

/** The object exists but isn't what was asked for: it stays in the state, and the next update tries again. */
export class PartialFailure extends Error {
  readonly existing: Existing;
  constructor(existing: Existing, reason: string) {
    super(reason);
    this.existing = existing;
  }
}

/** A whole provider. */
export interface Provider<Client> {
  readonly name: string;
  readonly version: string;
  /** Defaults show in outputs alone, inputs stay as given: how plugins that aren't bridged the older way keep them. */
  readonly defaultsInPlan?: boolean;
  /** Outputs don't repeat the id. */
  readonly withoutIdOutput?: boolean;
  /** Its configuration, as the table of the provider resource. */
  readonly config: Properties;
  /** Makes the client of a checked configuration; throws, in one line, on one that it refuses. */
  configure(config: Values): Client;
  /** The resource of a type token, loaded when first asked for; undefined when there is none. */
  resource(token: string): Promise<Resource<Client> | undefined>;
  invokable(token: string): Promise<Invokable<Client> | undefined>;
}
