import { isIP } from "node:net";
import * as z from "zod";
import { type Call, noContent, type StoredTime, stateAt, storedTime, timestamp } from "../call.ts";
import { conflict, unprocessable } from "../errors.ts";
import { tagName } from "../input.ts";
import { page } from "../paging.ts";
import { tagsOf } from "../relations.ts";
import { create, resource, update } from "../resource.ts";
import type { Saved } from "../store.ts";
import type { Area } from "./area.ts";
import { droplets } from "./droplets/droplets.ts";

/** https://docs.digitalocean.com/products/networking/firewalls/details/limits/ */
const MOST_DROPLETS = 10;
const MOST_TAGS = 5;
const MOST_RULES = 50;
/** An estimate: the platform publishes none. */
const APPLY_SECONDS = 2;

/** Whom a rule is about. */
const Peers = z.object({
  addresses: z.array(z.string().refine(isAddress, "is no IP address or CIDR")).nullish(),
  droplet_ids: z.array(z.int()).nullish(),
  load_balancer_uids: z.array(z.string()).nullish(),
  kubernetes_ids: z.array(z.string()).nullish(),
  tags: z.array(tagName).nullish(),
});
type Peers = z.output<typeof Peers>;

const PORTS = /^(\d{1,5})(?:-(\d{1,5}))?$/;
const Base = z.object({
  protocol: z.enum(["tcp", "udp", "icmp"]),
  ports: z.union([z.string(), z.int()]).nullish(),
  action: z.enum(["allow", "deny"]).optional(),
});
/** Clients write `all` or nothing for all ports; the platform answers "0". */
const portsOf = ({ ports }: z.output<typeof Base>): string =>
  !ports || ports === "all" ? "0" : String(ports);
const hasPorts = (rule: z.output<typeof Base>) => {
  const [, first, last = first] = PORTS.exec(portsOf(rule)) ?? [];
  return first !== undefined && Number(first) <= Number(last) && Number(last) <= 65_535;
};
const BAD_PORTS = { error: "must be a port, a range such as 8000-9000, or all", path: ["ports"] };

const common = (rule: z.output<typeof Base>) => ({
  protocol: rule.protocol,
  ports: portsOf(rule),
  ...(rule.action && { action: rule.action }),
});

const Inbound = Base.extend({ sources: Peers })
  .refine(hasPorts, BAD_PORTS)
  .transform((rule) => ({ ...common(rule), sources: filled(rule.sources) }));
const Outbound = Base.extend({ destinations: Peers })
  .refine(hasPorts, BAD_PORTS)
  .transform((rule) => ({ ...common(rule), destinations: filled(rule.destinations) }));

const Rules = z.object({
  inbound_rules: z.array(Inbound).nullish(),
  outbound_rules: z.array(Outbound).nullish(),
});
const Droplets = z.object({ droplet_ids: z.array(z.int()).min(1) });
const Tags = z.object({ tags: z.array(tagName).min(1) });

const Input = Rules.extend({
  name: z
    .string()
    .regex(
      /^[a-zA-Z0-9][a-zA-Z0-9.-]*$/,
      "must begin with a letter or number, then letters, numbers, . and -",
    ),
  droplet_ids: z.array(z.int()).nullish(),
  tags: z.array(tagName).nullish(),
});

export interface Firewall {
  inbound: z.output<typeof Inbound>[];
  outbound: z.output<typeof Outbound>[];
  droplets: number[];
  tags: string[];
  /** Whom the last change concerns, and when it is done. */
  pending: { droplet_id: number; removing: boolean }[];
  until: StoredTime;
}

export const firewalls = resource<Firewall>({
  kind: "firewall",
  path: "/v2/firewalls",
  roots: ["firewall", "firewalls"],
  nameTaken: () => conflict("duplicate name"),

  create: create({
    input: Input,
    status: 202,
    make: (input, call) => changed(undefined, checkedFacts(input, call), call),
  }),
  update: {
    PUT: update({
      input: Input,
      apply: (firewall, input, call) => ({
        ...firewall,
        ...changed(firewall, checkedFacts(input, call), call),
      }),
    }),
  },
  remove: {},
  view,
  row: (firewall, call) => ({
    state: isPending(firewall, call) ? "waiting" : "succeeded",
    detail: `${firewall.inbound.length} inbound and ${firewall.outbound.length} outbound rules, ${behind(call, firewall).length} droplets`,
  }),
});

for (const [method, combine] of [
  ["POST", <T>(old: T[], given: T[]) => [...old, ...given.filter((one) => !includes(old, one))]],
  ["DELETE", <T>(old: T[], given: T[]) => old.filter((one) => !includes(given, one))],
] as const) {
  const on = <S extends z.ZodType>(path: string, input: S, part: (given: z.output<S>) => Partial<Facts>) =>
    firewalls.on(method, path, input, (firewall, given, call) => {
      const more = { ...NOTHING, ...part(given) };
      if (method === "POST") refuseStrangers(more, call);
      const after = {
        name: firewall.name,
        inbound: combine(firewall.inbound, more.inbound),
        outbound: combine(firewall.outbound, more.outbound),
        droplets: combine(living(firewall, call).droplets, more.droplets),
        tags: combine(living(firewall, call).tags, more.tags),
      };
      firewalls.save(call, { ...firewall, ...changed(firewall, after, call) });
      return noContent();
    });
  on("/droplets", Droplets, ({ droplet_ids }) => ({ droplets: droplet_ids }));
  on("/tags", Tags, ({ tags }) => ({ tags }));
  on("/rules", Rules, ({ inbound_rules, outbound_rules }) => ({
    inbound: inbound_rules ?? [],
    outbound: outbound_rules ?? [],
  }));
}

droplets.read("/firewalls", (droplet, call) => {
  const own = firewalls.all(call).filter((firewall) => behind(call, firewall).includes(Number(droplet.id)));
  return page(call, "firewalls", own, (firewall) => view(firewall, call));
});

type Facts = Pick<Saved<Firewall>, "name" | "inbound" | "outbound" | "droplets" | "tags">;
const NOTHING: Omit<Facts, "name"> = { inbound: [], outbound: [], droplets: [], tags: [] };

function checkedFacts(input: z.output<typeof Input>, call: Call<unknown>): Facts {
  const facts = {
    name: input.name,
    inbound: input.inbound_rules ?? [],
    outbound: input.outbound_rules ?? [],
    droplets: [...new Set(input.droplet_ids)],
    tags: [...new Set(input.tags)],
  };
  refuseStrangers(facts, call);
  return facts;
}

/** Load balancers and clusters of Kubernetes aren't looked up: whether the platform does is not known. */
function refuseStrangers(facts: Omit<Facts, "name">, call: Call<unknown>): void {
  const peers = [
    ...facts.inbound.map((rule) => rule.sources),
    ...facts.outbound.map((rule) => rule.destinations),
  ];
  for (const droplet of [...facts.droplets, ...peers.flatMap((peer) => peer.droplet_ids ?? [])])
    if (!droplets.find(call, String(droplet))) throw unprocessable(`droplet ${droplet} does not exist`);
  for (const tag of [...facts.tags, ...peers.flatMap((peer) => peer.tags ?? [])])
    if (!call.store.named("tag", "", tag)) throw unprocessable(`tag ${tag} does not exist`);
}

/** The firewall after a change that is allowed, with whom it concerns. */
function changed(before: Saved<Firewall> | undefined, after: Facts, call: Call<unknown>): Facts & Firewall {
  const { name, inbound, outbound, tags } = after;
  const rules = inbound.length + outbound.length;
  if (rules === 0) throw unprocessable("must have at least one rule");
  if (rules > MOST_RULES) throw unprocessable(`must have at most ${MOST_RULES} rules`);
  if (after.droplets.length > MOST_DROPLETS)
    throw unprocessable(`droplet_ids: must have at most ${MOST_DROPLETS} droplets; use tags for more`);
  if (tags.length > MOST_TAGS) throw unprocessable(`tags: must have at most ${MOST_TAGS} tags`);
  const firewall = { name, inbound, outbound, droplets: after.droplets, tags };
  const old = before ? behind(call, before) : [];
  const now = behind(call, firewall);
  return {
    ...firewall,
    pending: [
      ...old.filter((id) => !now.includes(id)).map((id) => ({ droplet_id: id, removing: true })),
      ...now.map((id) => ({ droplet_id: id, removing: false })),
    ],
    until: storedTime(call.after(APPLY_SECONDS)),
  };
}

/** The droplets that it protects: those it names, and those under its tags. */
const behind = (call: Call<unknown>, firewall: Pick<Firewall, "droplets" | "tags">): number[] =>
  droplets
    .all(call)
    .filter(
      ({ id, urn }) =>
        firewall.droplets.includes(Number(id)) ||
        tagsOf(call, urn ?? "").some((tag) => firewall.tags.includes(tag)),
    )
    .map(({ id }) => Number(id));

/** What it names and what is still there: a droplet leaves its firewalls when it goes, and so does a tag. */
const living = (firewall: Firewall, call: Call<unknown>): Pick<Firewall, "droplets" | "tags"> => ({
  droplets: firewall.droplets.filter((id) => droplets.find(call, String(id))),
  tags: firewall.tags.filter((tag) => call.store.named("tag", "", tag)),
});

const isPending = (firewall: Firewall, call: Call<unknown>): boolean =>
  stateAt(call.now, { state: "waiting", until: firewall.until }, "") === "waiting";

function view(firewall: Saved<Firewall>, call: Call<unknown>): object {
  const isWaiting = firewall.pending.length > 0 && isPending(firewall, call);
  return {
    id: firewall.id,
    name: firewall.name,
    status: isWaiting ? "waiting" : "succeeded",
    created_at: timestamp(firewall.createdAt),
    inbound_rules: firewall.inbound,
    outbound_rules: firewall.outbound,
    droplet_ids: living(firewall, call).droplets,
    tags: living(firewall, call).tags,
    pending_changes: isWaiting ? firewall.pending.map((change) => ({ ...change, status: "waiting" })) : [],
  };
}

/** What a rule says nothing of is left out of answers. */
const filled = (peers: Peers): Partial<Peers> =>
  Object.fromEntries(Object.entries(peers).filter(([, values]) => values && values.length > 0));

const includes = <T>(all: T[], one: T): boolean =>
  all.some((other) => JSON.stringify(other) === JSON.stringify(one));

function isAddress(text: string): boolean {
  const [address = "", bits] = text.split("/");
  const version = isIP(address);
  return (
    version !== 0 &&
    (bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)))
  );
}

export const area: Area = { title: "Firewalls", resources: [firewalls] };
