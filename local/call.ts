import type { Authority } from "./certificates.ts";
import type { DataPlane } from "./dataplane/dataplane.ts";
import type { Credentials } from "./spaces/signature.ts";
import type { Store } from "./store.ts";
import type { Vault } from "./vault.ts";

/** What a cloud is made of, whoever asks. */
export interface World {
  readonly store: Store;
  readonly vault: Vault;
  /** Signs what databases show and accept in TLS. */
  readonly authority: Authority;
  readonly dataPlane: DataPlane;
  /** Whether a restore may ask for a time that is no listed backup's. */
  readonly restoresToAnyTime: boolean;
  /** The account's own Spaces key. */
  readonly spacesKey: Credentials;
  /** The cloud's own address, `http://127.0.0.1:<port>`: the base of every link it gives out. */
  readonly url: string;
}

/** One request, and the world it acts on. `P` is the object that owns what the path addresses. */
export interface Call<P = undefined> extends World {
  readonly parent: P;
  /** The path of the request, without its query. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** Milliseconds since the epoch; the same throughout the request. */
  readonly now: number;
  /**
   * When something that takes DigitalOcean `seconds` will be done here: the cloud's time scale applied. `Infinity`
   * under a stall fault.
   */
  after(seconds: number): number;
  /** Whether what the request starts is to end in an error: a fault that is set for it. */
  readonly fails: boolean;
}

export interface Reply {
  readonly status: number;
  readonly body?: object;
  /** What is to be done once the request is committed, before its answer: gives the answer's body. */
  readonly later?: () => Promise<object>;
}

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Route {
  readonly method: Method;
  /** `:name` stands for one segment; a literal segment wins over it. */
  readonly path: string;
  handle(call: Call): Reply;
}

export const ok = (body: object): Reply => ({ status: 200, body });
export const created = (body: object): Reply => ({ status: 201, body });
export const accepted = (body?: object): Reply => ({ status: 202, body });
export const noContent = (): Reply => ({ status: 204 });

/** A change under way: the object is in `state` until the stored time, and settled from then on. */
export interface Transition {
  readonly state: string;
  readonly until: StoredTime;
}

/** Milliseconds since the epoch, null for never: JSON has no infinity. */
export type StoredTime = number | null;

export const storedTime = (time: number): StoredTime => (Number.isFinite(time) ? time : null);

export const transition = (state: string, until: number): Transition => ({ state, until: storedTime(until) });

/**
 * The state now of something that settles in `settled`. What takes no time is still under way in the answer to the
 * request that starts it, as clients expect.
 */
export function stateAt(now: number, change: Transition | undefined, settled: string): string {
  return change && (change.until === null || now <= change.until) ? change.state : settled;
}

/** A time as the API writes it: RFC 3339, UTC, whole seconds. */
export const timestamp = (time: number): string => new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
