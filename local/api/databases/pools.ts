import * as z from "zod";
import type { Call } from "../../call.ts";
import { notFound, preconditionFailed, unprocessable } from "../../errors.ts";
import { create, update } from "../../resource.ts";
import type { Saved } from "../../store.ts";
import { isPostgres, type SavedCluster } from "./cluster.ts";
import { clusters } from "./clusters.ts";
import { poolConnection } from "./connections.ts";
import { dbs } from "./dbs.ts";
import { users } from "./users.ts";

interface Pool {
  mode: "session" | "transaction" | "statement";
  size: number;
  db: string;
  /** "" for the client's own user. */
  user: string;
}

/** 25 backend connections per GiB of the plan, three of them the platform's (API description, "Databases"). */
const CONNECTIONS_PER_GIB = 25;
const RESERVED_CONNECTIONS = 3;
const MAX_POOLS = 21;

const Input = z.object({
  mode: z.enum(["session", "transaction", "statement"]),
  size: z.int().min(1),
  db: z.string().min(1),
  user: z.string().nullish(),
});

export const pools = clusters.owns<Pool>({
  kind: "connection pool",
  path: "/pools",
  roots: ["pool", "pools"],
  key: "name",
  nameTaken: "pool name is not available",
  unpaged: true,

  create: create({
    input: Input.extend({
      name: z
        .string()
        .min(1)
        .max(63)
        .regex(/^[A-Za-z0-9_][A-Za-z0-9_-]*$/, "must be letters, numbers, dashes and underscores"),
    }),
    make(input, call) {
      if (!isPostgres(call.parent))
        throw preconditionFailed(`connection pools are not supported for ${call.parent.engine} clusters`);
      if (pools.all(call, call.parent.id).length >= MAX_POOLS)
        throw unprocessable(`a cluster has at most ${MAX_POOLS} pools`);
      return { name: input.name, ...checked(input, undefined, call) };
    },
  }),
  update: {
    PUT: update({
      input: Input,
      status: 204,
      apply: (pool, input, call) => ({ ...pool, ...checked(input, pool, call) }),
    }),
  },
  remove: {},
  view: (pool, call) => {
    const { name, mode, size, db, user } = pool;
    const { place, num_nodes } = call.parent;
    const login = loginOf(pool, call);
    const hasStandby = num_nodes > 1;
    const to = (host: string) => poolConnection(host, login, name);
    return {
      name,
      mode,
      size,
      db,
      ...(user && { user }),
      connection: to(place.host),
      private_connection: to(place.privateHost),
      ...(hasStandby && {
        standby_connection: to(place.host),
        standby_private_connection: to(place.privateHost),
      }),
    };
  },
});

/** A pool whose database and user exist and whose size the plan has connections for. */
function checked(
  input: z.output<typeof Input>,
  before: Saved<Pool> | undefined,
  call: Call<SavedCluster>,
): Pool {
  const { parent } = call;
  if (!dbs.find(call, input.db, parent.id)) throw notFound(`database ${input.db} does not exist`);
  const user = input.user ?? before?.user ?? "";
  if (user !== "" && !users.find(call, user, parent.id)) throw notFound(`user ${user} does not exist`);
  const others = pools.all(call, parent.id).filter((pool) => pool.id !== before?.id);
  const used = others.reduce((sum, pool) => sum + pool.size, 0);
  const most = Number(/-(\d+)gb/.exec(parent.size)?.[1] ?? 1) * CONNECTIONS_PER_GIB - RESERVED_CONNECTIONS;
  if (used + input.size > most)
    throw unprocessable(`pool size is larger than the ${most - used} connections that are left`);
  return { mode: input.mode, size: input.size, db: input.db, user };
}

function loginOf(pool: Pool, call: Call<SavedCluster>): { user: string; password?: string } {
  const user = users.find(call, pool.user, call.parent.id);
  return user ? { user: user.name, password: user.password } : { user: pool.user };
}
