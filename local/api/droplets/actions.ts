import * as z from "zod";
import { type Call, created, ok, type Route, transition } from "../../call.ts";
import { notFound, unprocessable } from "../../errors.ts";
import { parse } from "../../input.ts";
import { page } from "../../paging.ts";
import type { Saved } from "../../store.ts";
import { type Action, actionsOf, actionView, record } from "../actions.ts";
import { findImage, images } from "../images/images.ts";
import { findSize } from "../sizes.ts";
import { PolicyInput, policyFrom } from "./backups.ts";
import { actionOn, newIpv6 } from "./create.ts";
import { type Droplet, LOCKED, refuseBusy, type SavedDroplet } from "./droplet.ts";
import { droplets, withTag } from "./droplets.ts";

/** Estimates: the platform publishes none. */
const QUICK = 2;
const POWER = 5;
const DISK = 60;

const ActionInput = z.discriminatedUnion("type", [
  z.object({ type: z.literal("enable_backups"), backup_policy: PolicyInput.nullish() }),
  z.object({ type: z.literal("change_backup_policy"), backup_policy: PolicyInput }),
  z.object({ type: z.literal("resize"), size: z.string(), disk: z.boolean().nullish() }),
  z.object({ type: z.enum(["rebuild", "restore"]), image: z.union([z.string(), z.int()]) }),
  z.object({ type: z.literal("rename"), name: z.string().regex(/^[a-zA-Z0-9.-]{1,255}$/, "is not valid") }),
  z.object({ type: z.literal("snapshot"), name: z.string().nullish() }),
  z.object({
    type: z.enum([
      "disable_backups",
      "reboot",
      "power_cycle",
      "shutdown",
      "power_off",
      "power_on",
      "password_reset",
      "enable_ipv6",
      "enable_private_networking",
    ]),
  }),
]);
type ActionInput = z.output<typeof ActionInput>;

/** What an action makes of a droplet, and how long it takes. */
interface Effect {
  seconds: number;
  changes?: Partial<Droplet & { name: string }>;
  /** It is taken away. */
  without?: "backups";
}

droplets.on("POST", "/actions", ActionInput, (droplet, input, call) =>
  created({ action: actionView(act(droplet, input, call), call) }),
);
droplets.read("/actions", (droplet, call) =>
  page(call, "actions", ofDroplet(droplet, call), (action) => actionView(action, call)),
);
droplets.on("GET", "/actions/:action", z.unknown(), (droplet, _, call) => {
  const action = ofDroplet(droplet, call).find(({ id }) => id === call.params.action);
  if (!action) throw notFound();
  return ok({ action: actionView(action, call) });
});

/** The same action on all droplets of a tag. */
export const bulkAction: Route = {
  method: "POST",
  path: "/v2/droplets/actions",
  handle(call) {
    const input = parse(ActionInput, call.body);
    if (!BULK.includes(input.type)) throw unprocessable(`${input.type} is no action for many droplets`);
    const done = withTag(call).map((droplet) => act(droplet, input, call));
    return created({ actions: done.map((action) => actionView(action, call)) });
  },
};
const BULK = [
  "power_cycle",
  "power_on",
  "power_off",
  "shutdown",
  "enable_ipv6",
  "enable_backups",
  "disable_backups",
  "snapshot",
];

const ofDroplet = (droplet: SavedDroplet, call: Call<unknown>): Saved<Action>[] =>
  actionsOf(call, "droplet", Number(droplet.id));

function act(droplet: SavedDroplet, input: ActionInput, call: Call): Saved<Action> {
  refuseBusy(droplet, call);
  const { seconds, changes, without } = effect(droplet, input, call);
  const until = call.after(seconds);
  const { change: _, ...before } = droplet;
  const after = { ...before, ...changes };
  if (without) delete after[without];
  droplets.save(call, { ...after, change: { ...transition(LOCKED, until), before } });
  call.store.note(call.now, `${input.type} of droplet ${droplet.name}`);
  return record(call, input.type, actionOn(droplet), until);
}

function effect(droplet: SavedDroplet, input: ActionInput, call: Call): Effect {
  switch (input.type) {
    case "power_off":
      if (droplet.power === "off") throw unprocessable("Droplet is already powered off.");
      return { seconds: POWER, changes: { power: "off" } };
    case "power_on":
      if (droplet.power === "active") throw unprocessable("Droplet is already powered on.");
      return { seconds: POWER, changes: { power: "active" } };
    case "shutdown":
      return { seconds: POWER, changes: { power: "off" } };
    case "reboot":
    case "power_cycle":
    case "password_reset":
      return { seconds: POWER, changes: { power: "active" } };
    case "resize":
      return { seconds: DISK, changes: resized(droplet, input.size, input.disk ?? false) };
    case "rebuild":
    case "restore": {
      const image = findImage(call, input.image);
      if (!image) throw unprocessable("You specified an invalid image for Droplet creation.");
      if (input.type === "restore" && image.droplet !== droplet.id)
        throw unprocessable("a droplet is restored from an image of its own");
      if (image.min_disk_size > droplet.disk) throw unprocessable("The image does not fit on the disk.");
      return { seconds: DISK, changes: { image, power: "active" } };
    }
    case "rename":
      return { seconds: QUICK, changes: { name: input.name } };
    case "snapshot":
      snapshot(droplet, input.name || `${droplet.name}-${call.now}`, call);
      return { seconds: DISK };
    case "enable_backups":
      return { seconds: QUICK, changes: { backups: policyFrom(input.backup_policy) } };
    case "change_backup_policy":
      if (!droplet.backups) throw unprocessable("Backups are not enabled for this Droplet.");
      return { seconds: QUICK, changes: { backups: policyFrom(input.backup_policy) } };
    case "disable_backups":
      if (!droplet.backups) throw unprocessable("Backups are not enabled for this Droplet.");
      return { seconds: QUICK, without: "backups" };
    case "enable_ipv6":
      return { seconds: QUICK, changes: { ipv6: droplet.ipv6 ?? newIpv6(call) } };
    case "enable_private_networking": // every droplet has it today
      return { seconds: QUICK };
  }
}

/** CPU and memory alone can shrink again, a disk can't. */
function resized(droplet: SavedDroplet, slug: string, withDisk: boolean): Partial<Droplet> {
  const size = findSize(slug);
  if (!size) throw unprocessable("You specified an invalid size for Droplet resize.");
  if (droplet.power === "active") throw unprocessable("Droplet must be powered off to be resized.");
  if (size.slug === droplet.size) throw unprocessable("Droplet is already this size.");
  if (size.disk < droplet.disk)
    throw unprocessable("This size is not available because it has a smaller disk.");
  return { size: size.slug, disk: withDisk ? size.disk : droplet.disk };
}

function snapshot(droplet: SavedDroplet, name: string, call: Call): void {
  const { distribution, size_gigabytes } = droplet.image;
  images.insert(call, {
    name,
    type: "snapshot",
    distribution,
    slug: null,
    public: false,
    regions: [droplet.region],
    min_disk_size: droplet.disk,
    size_gigabytes,
    description: "",
    droplet: droplet.id,
  });
}
