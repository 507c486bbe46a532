import type { Duplex } from "node:stream";
import type { Issued } from "../certificates.ts";
import type { Place } from "./dataplane.ts";

/** What a server of one cluster or read-only replica is to be. It is made anew from the store whenever something changes. */
export interface ServerSpec {
  /** The cluster's UUID, or the replica's. */
  readonly id: string;
  readonly name: string;
  /** Major version, such as "17". */
  readonly version: string;
  readonly nodes: number;
  readonly memoryMib: number;
  readonly place: Place;
  /** Signed by the cloud's authority for every host of `place`. */
  readonly tls: Issued;
  /** PEM of the authority. */
  readonly ca: string;
  /** The administrator first. */
  readonly users: readonly UserSpec[];
  readonly databases: readonly string[];
  readonly pools: readonly PoolSpec[];
  /** What was set of the engine's configuration, under the API's names. */
  readonly config: Readonly<Record<string, unknown>>;
  /** What the data come from when there are none yet. */
  readonly source?: Source;
  /** Whether it has had data before: those that are gone are never made anew, which would pass for an empty cluster. Default: no. */
  readonly isMade?: boolean;
}

export interface UserSpec {
  readonly name: string;
  readonly password: string;
  /** The API's per-user settings (ACLs of Valkey, roles of MongoDB, replication of PostgreSQL). */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
}

export interface PoolSpec {
  readonly name: string;
  readonly database: string;
  /** Empty for inbound users: each client brings its own. */
  readonly user: string;
  readonly mode: "transaction" | "session" | "statement";
  readonly size: number;
}

export type Source =
  /** A fork of another cluster's backup; `at` (milliseconds since the epoch) is the recovery target, else that backup's own time. */
  | { readonly kind: "backup"; readonly cluster: string; readonly backup: string; readonly at?: number }
  /** A copy of the latest state (Valkey's forks). */
  | { readonly kind: "copy"; readonly cluster: string }
  /** A read-only replica that follows its primary. */
  | { readonly kind: "replica"; readonly cluster: string };

export interface Backup {
  /** Unique within its cluster. */
  readonly id: string;
  /** When it began and ended, milliseconds since the epoch. A recovery target lies at or after its end. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly bytes: number;
}

/**
 * What serves one cluster: its processes, its data under a folder of its own, its listeners. `apply` is called with the
 * whole wish each time and brings the server there: it starts what does not run, changes what differs, and is done when
 * clients can rely on it. It may be called again at any time, also after a `kill -9` of everything.
 */
export interface DatabaseServer {
  apply(spec: ServerSpec): Promise<void>;
  /**
   * Where the connection of a client goes on that came to `port`, one of the engine's: a port of 127.0.0.1 that takes it as
   * it is, or a stream that was made for it. Asked for each connection, since a primary changes.
   * @throws when nothing serves there
   */
  connect(port: number): Duplex | number;
  /** Ends the processes; the data stay. */
  stop(): Promise<void>;
  /** Ends the processes and deletes the data, backups included. */
  destroy(): Promise<void>;
  /** The backups there are, oldest first; none for an engine that has no backups. */
  backups(): readonly Backup[];
  /** Makes one now. Engines without backups refuse. */
  backUp(): Promise<Backup>;
}

/** An engine that clusters can be of. */
export interface Engine {
  /** Where its clients connect, at each host of a cluster's place. */
  readonly ports: readonly number[];
  /** Makes the server of one cluster or replica. Nothing starts before its `apply`. */
  server(site: Site): DatabaseServer;
}

/** Where a server is at work, and whom it tells what. */
export interface Site {
  /** Its own folder, made before; only servers and the cloud can enter. Gone after `destroy`, whatever is left in it. */
  readonly folder: string;
  /** The server of another cluster of the same engine: the source of a fork, the primary of a replica. Both were applied before. */
  serverOf(id: string): DatabaseServer | undefined;
  /** Tells what happened by itself. */
  report(event: ServerEvent): void;
  /** A line of the cloud's log; nothing secret. */
  log(line: string): void;
}

/** A standby has taken over from its primary: an event of the cluster. */
export type ServerEvent = "promoted";

/** Thrown by `apply` when the data that a server has had are there no more. */
export class DataGone extends Error {
  constructor(folder: string) {
    super(
      `the data of this cluster are gone from ${folder}: put them back, or delete the cluster and make it anew, from a backup where there is one`,
    );
  }
}

/**
 * Thrown by `apply` when the program of the engine can't be had on this machine: the cluster exists at the API alone, and
 * the message, one line, says why and what would help.
 */
export class ProgramMissing extends Error {}
