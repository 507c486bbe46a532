import * as z from "zod";
import { type Call, type StoredTime, stateAt, storedTime, timestamp } from "../../call.ts";
import { unprocessable } from "../../errors.ts";
import { page } from "../../paging.ts";
import { newId } from "../../relations.ts";
import { create, resource, update } from "../../resource.ts";
import type { Saved } from "../../store.ts";
import { regionSlug } from "../datacenters.ts";
import { CREATE_SECONDS, make, refuseBeyondLimit, refuseTemplate, Template } from "./create.ts";
import { isNew, type SavedDroplet, stateOf } from "./droplet.ts";
import { droplets, TEARDOWN_SECONDS } from "./droplets.ts";

const Config = z
  .object({
    target_number_instances: z.int().min(1).max(1000).optional(),
    min_instances: z.int().min(1).max(500).optional(),
    max_instances: z.int().min(1).max(1000).optional(),
    target_cpu_utilization: z.number().min(0.05).max(1).optional(),
    target_memory_utilization: z.number().min(0.05).max(1).optional(),
    cooldown_minutes: z.int().min(5).max(20).optional(),
  })
  .refine(
    (config) => (config.target_number_instances === undefined) !== (config.min_instances === undefined),
    "needs either target_number_instances, or min_instances and max_instances",
  )
  .refine(
    ({ min_instances: least, max_instances: most }) => least === undefined || (most ?? 0) >= least,
    "max_instances must be at least min_instances",
  );
type Config = z.output<typeof Config>;

const PoolTemplate = Template.extend({
  name: z.string().nullish(),
  region: regionSlug,
  image: z.union([z.string(), z.int()]).transform(String),
  ssh_keys: z.array(z.union([z.string(), z.int()]).transform(String)).min(1),
});
type PoolTemplate = z.output<typeof PoolTemplate>;

const Input = z.object({ name: z.string().min(1), config: Config, droplet_template: PoolTemplate });

interface Event {
  id: string;
  current: number;
  desired: number;
  reason: "CONFIGURATION_CHANGE" | "SCALE_UP" | "SCALE_DOWN";
  /** Milliseconds since the epoch. */
  began: number;
  until: StoredTime;
}

export interface Pool {
  config: Config;
  /** Its user data is encrypted. */
  template: PoolTemplate;
  /** Milliseconds since the epoch. */
  updated: number;
  history: Event[];
}

/**
 * https://docs.digitalocean.com/products/droplets/concepts/autoscale-pools/: a member that goes is shut down and
 * destroyed a minute later. A changed template makes new members; the old ones go after the cooldown, so that the new
 * have booted.
 */
const SHUTDOWN_SECONDS = 60;
const DEFAULT_COOLDOWN_MINUTES = 10;
const KEPT_EVENTS = 100;

export const pools = resource<Pool>({
  kind: "autoscale pool",
  path: "/v2/droplets/autoscale",
  roots: ["autoscale_pool", "autoscale_pools"],
  missing: (id) => `autoscale group with id ${id} not found`,
  listed: (pool, call) => !call.query.get("name") || pool.name === call.query.get("name"),

  create: create({
    input: Input,
    status: 202,
    make(input, call) {
      refuseTemplate(call, input.droplet_template);
      return { ...facts(input, call), history: [] };
    },
    also(pool, _, call) {
      resize(call, pool, "CONFIGURATION_CHANGE");
    },
  }),
  update: {
    PUT: update({
      input: Input,
      apply(pool, input, call) {
        if (input.name !== pool.name) throw unprocessable("name: the name of a pool can not be changed");
        refuseTemplate(call, input.droplet_template);
        const after = { ...pool, ...facts(input, call) };
        if (!sameTemplate(opened(call, pool), input.droplet_template))
          for (const member of staying(call, pool))
            droplets.remove(call, member, cooldown(after.config) * 60, true);
        return resize(call, after, "CONFIGURATION_CHANGE");
      },
    }),
  },
  // Its members stay, as droplets of nobody's.
  remove: {
    status: 202,
    also(pool, call) {
      for (const { pool: _, ...droplet } of staying(call, pool)) droplets.save(call, droplet);
      for (const droplet of membersOf(call, pool)) droplets.remove(call, droplet, TEARDOWN_SECONDS);
    },
  },
  view: (pool, call) => ({
    id: pool.id,
    name: pool.name,
    config: pool.config,
    droplet_template: templateView(opened(call, pool)),
    created_at: timestamp(pool.createdAt),
    updated_at: timestamp(pool.updated),
    current_utilization: IDLE,
    status: "active",
    active_resources_count: membersOf(call, pool).filter((member) => stateOf(member, call) === "active")
      .length,
  }),
  row: (pool, call) => ({
    state: membersOf(call, pool).some((member) => isNew(member, call)) ? "provisioning" : "active",
    where: pool.template.region,
    detail: `${staying(call, pool).length} × ${pool.template.size}`,
  }),
});

pools.on("DELETE", "/dangerous", z.unknown(), (pool, _, call) => {
  for (const member of membersOf(call, pool)) droplets.remove(call, member, TEARDOWN_SECONDS);
  pools.remove(call, pool);
  call.store.note(call.now, `deleted autoscale pool ${pool.name} with its members`);
  return { status: 202 };
});

pools.read("/members", (pool, call) =>
  page(call, "droplets", membersOf(call, pool), (member) => ({
    droplet_id: Number(member.id),
    created_at: timestamp(member.createdAt),
    updated_at: timestamp(member.createdAt),
    health_status: "healthy",
    status: member.leaving ? "deleting" : isNew(member, call) ? "provisioning" : stateOf(member, call),
    current_utilization: IDLE,
  })),
);

pools.read("/history", (pool, call) =>
  page(call, "history", pool.history.toReversed(), (event) => ({
    history_event_id: event.id,
    current_instance_count: event.current,
    desired_instance_count: event.desired,
    reason: event.reason,
    status: stateAt(call.now, { state: "in_progress", until: event.until }, "success"),
    created_at: timestamp(event.began),
    updated_at: timestamp(event.began),
  })),
);

/** Makes up for a member that was deleted by itself, as the pool does on the platform. */
export function refill(call: Call<unknown>, id: string): void {
  const pool = pools.find(call, id);
  if (pool) pools.save(call, resize(call, pool, "SCALE_UP"));
}

/** Nothing runs on the members: they have nothing to do, and a pool that follows their load stays as small as it may. */
const IDLE = { memory: 0, cpu: 0 };
const desired = (config: Config): number => config.target_number_instances ?? config.min_instances ?? 0;
const cooldown = (config: Config): number => config.cooldown_minutes ?? DEFAULT_COOLDOWN_MINUTES;

const membersOf = (call: Call<unknown>, pool: Saved<Pool>): SavedDroplet[] =>
  droplets.all(call).filter((droplet) => droplet.pool === pool.id);
const staying = (call: Call<unknown>, pool: Saved<Pool>): SavedDroplet[] =>
  membersOf(call, pool).filter((member) => !member.leaving);

/** Brings the pool to the size that its configuration asks for: new members, or the oldest go. */
function resize(call: Call<unknown>, pool: Saved<Pool>, reason: Event["reason"]): Saved<Pool> {
  const members = staying(call, pool);
  const size = desired(pool.config);
  const missing = Math.max(0, size - members.length);
  refuseBeyondLimit(call, missing);
  const template = opened(call, pool);
  for (let count = 0; count < missing; count++)
    make(call, `${template.name || pool.name}-${newId().slice(0, 8)}`, template, {
      pool: pool.id,
      monitoring: template.with_droplet_agent ?? false,
    });
  for (const member of members.slice(0, Math.max(0, members.length - size)))
    droplets.remove(call, member, SHUTDOWN_SECONDS, true);
  const event = {
    id: newId(),
    current: members.length,
    desired: size,
    reason,
    began: call.now,
    until: storedTime(call.after(missing > 0 ? CREATE_SECONDS : 0)),
  };
  return pools.save(call, { ...pool, history: [...pool.history, event].slice(-KEPT_EVENTS) });
}

const facts = ({ name, config, droplet_template }: z.output<typeof Input>, call: Call) => ({
  name,
  config,
  template: {
    ...droplet_template,
    ...(droplet_template.user_data && { user_data: call.vault.encrypt(droplet_template.user_data) }),
  },
  updated: call.now,
});

function opened(call: Call<unknown>, { template }: Pool): PoolTemplate {
  const { user_data } = template;
  return user_data ? { ...template, user_data: call.vault.decrypt(user_data) } : template;
}

/** What was not given shows as its empty value: the official provider reads anything else as a change. */
const templateView = (template: PoolTemplate) => ({
  ...(template.name && { name: template.name }),
  region: template.region,
  size: template.size,
  image: template.image,
  tags: template.tags,
  ssh_keys: template.ssh_keys,
  vpc_uuid: template.vpc_uuid ?? "",
  with_droplet_agent: template.with_droplet_agent ?? false,
  project_id: template.project_id ?? "",
  ipv6: template.ipv6 ?? false,
  user_data: template.user_data ?? "",
  public_networking: template.public_networking ?? true,
});

function sameTemplate(one: PoolTemplate, other: PoolTemplate): boolean {
  const sorted = (template: PoolTemplate) => {
    const view = templateView(template);
    return JSON.stringify({ ...view, tags: view.tags.toSorted(), ssh_keys: view.ssh_keys.toSorted() });
  };
  return sorted(one) === sorted(other);
}
