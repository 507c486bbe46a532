import type { Call } from "../call.ts";
import { type StoredTime, stateAt, storedTime, timestamp } from "../call.ts";
import { newNumber } from "../relations.ts";
import { resource } from "../resource.ts";
import type { Saved } from "../store.ts";
import type { Area } from "./area.ts";
import { regionView } from "./regions.ts";

/** One thing that was done to a droplet, an image or a reserved address. It outlives what it was done to. */
export interface Action {
  resource_type: "droplet" | "image" | "reserved_ip" | "floating_ip";
  /** Of reserved addresses it is the address as a number. */
  resource_id: number;
  region: string;
  until: StoredTime;
}

// Its name is its type: `power_off`, `snapshot`, ...
export const actions = resource<Action>({
  kind: "action",
  path: "/v2/actions",
  roots: ["action", "actions"],
  newId: (_, call) => newNumber(call),
  newestFirst: true,
  view: actionView,
});

export function actionView(action: Saved<Action>, call: Call<unknown>): object {
  const status = stateAt(call.now, { state: "in-progress", until: action.until }, "completed");
  return {
    id: Number(action.id),
    status,
    type: action.name,
    started_at: timestamp(action.createdAt),
    completed_at: status === "completed" && action.until !== null ? timestamp(action.until) : null,
    resource_id: action.resource_id,
    resource_type: action.resource_type,
    region: regionView(action.region),
    region_slug: action.region,
  };
}

/** Notes that `type` began, and when it will be done. */
export const record = (
  call: Call<unknown>,
  type: string,
  what: Omit<Action, "until">,
  until: number,
): Saved<Action> => actions.insert(call, { name: type, ...what, until: storedTime(until) });

/** Newest first, as the platform lists them. */
export const actionsOf = (call: Call<unknown>, type: Action["resource_type"], id: number): Saved<Action>[] =>
  actions.all(call).filter((action) => action.resource_type === type && action.resource_id === id);

export const area: Area = { title: "Actions", resources: [actions] };
