import * as z from "zod";
import { type Call, noContent } from "../../call.ts";
import { refill } from "./autoscale.ts";
import { refuseBusy, type SavedDroplet } from "./droplet.ts";
import { droplets, TEARDOWN_SECONDS, withTag } from "./droplets.ts";

// A droplet that is still being made can go; one that an action has locked can't.
droplets.on("DELETE", "", z.unknown(), (droplet, _, call) => {
  remove(droplet, call);
  return noContent();
});
droplets.collection("DELETE", z.unknown(), (_, call) => {
  for (const droplet of withTag(call)) remove(droplet, call);
  return noContent();
});

function remove(droplet: SavedDroplet, call: Call): void {
  if (droplet.change?.state !== "new") refuseBusy(droplet, call);
  droplets.remove(call, droplet, TEARDOWN_SECONDS);
  call.store.note(call.now, `deleted droplet ${droplet.name}`);
  if (droplet.pool) refill(call, droplet.pool);
}
