import { type Call, stateAt, type Transition } from "../../call.ts";
import { unprocessable } from "../../errors.ts";
import type { Saved } from "../../store.ts";
import type { Addressed } from "../addresses.ts";
import type { Image } from "../images/catalog.ts";

/** A droplet as the store has it; tags and project are relations. */
export interface Droplet extends Addressed {
  region: string;
  size: string;
  /** GiB; it never shrinks. */
  disk: number;
  image: Saved<Image>;
  power: "active" | "off";
  ipv6?: string;
  monitoring: boolean;
  /** The agent behind the control panel's console, and behind what pools measure. */
  agent: boolean;
  backups?: BackupPolicy;
  /** The autoscale pool whose member it is. */
  pool?: string;
  /** What is under way: its creation (`new`), or an action that locks it. */
  change?: Change;
}

export interface Change extends Transition {
  /** The droplet as it still shows itself until the change is done. */
  readonly before?: Omit<SavedDroplet, "change">;
}

export interface BackupPolicy {
  plan: "daily" | "weekly";
  weekday?: string;
  /** UTC */
  hour: number;
}

export type SavedDroplet = Saved<Droplet>;

/** The state of a change by an action: it locks the droplet. */
export const LOCKED = "locked";

/** The droplet as clients see it now: what an action changes shows when the action is done. */
export function seen(droplet: SavedDroplet, call: Call<unknown>): SavedDroplet {
  return (isLocked(droplet, call) && droplet.change?.before) || droplet;
}

export const isNew = (droplet: Droplet, call: Call<unknown>): boolean => stateOf(droplet, call) === "new";
export const isLocked = (droplet: Droplet, call: Call<unknown>): boolean =>
  stateAt(call.now, droplet.change, droplet.power) === LOCKED;

/** `new`, `active` or `off`. */
export function stateOf(droplet: Droplet, call: Call<unknown>): string {
  const state = stateAt(call.now, droplet.change, droplet.power);
  return state === LOCKED ? (droplet.change?.before?.power ?? droplet.power) : state;
}

export function refuseBusy(droplet: Droplet, call: Call<unknown>): void {
  if (isLocked(droplet, call) || isNew(droplet, call))
    throw unprocessable("Droplet already has a pending event.");
}
