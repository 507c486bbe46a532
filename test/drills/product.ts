import type { TestContext } from "node:test";
import type pg from "pg";
import type { ServerSpec } from "../../local/dataplane/engine.ts";
import { postgres } from "../../local/dataplane/postgres/server.ts";
import { TestCluster } from "../../local/dataplane/testing.ts";
import { connectPostgres } from "../../runbooks/restore-drill/connections/postgres.ts";
import { CANARY } from "../../runbooks/restore-drill/worker/canary.ts";

/** A product's cluster on this machine, with the canary's database beside the product's. */

export const users = [
  { name: "doadmin", password: "of-the-administrator" },
  { name: "app", password: "of-the-app" },
  { name: CANARY, password: "of-the-canary" },
];

export async function productCluster(
  more: Partial<ServerSpec> = {},
  peers: TestCluster[] = [],
): Promise<TestCluster> {
  const spec = { version: "17", users, databases: ["defaultdb", "app", CANARY], ...more };
  const cluster = new TestCluster(postgres, spec, peers);
  await cluster.apply();
  return cluster;
}

/** How a user reaches a database of a cluster. */
export function address(
  cluster: TestCluster,
  user: "doadmin" | "app" | typeof CANARY,
  database: string = user,
) {
  const password = users.find(({ name }) => name === user)?.password ?? "";
  return { uri: `postgresql://${user}:${password}@${cluster.host}:25060/${database}`, ca: cluster.spec.ca };
}

/** The product's databases and the canary's, as an assignment names them. */
export const both = (cluster: TestCluster) => ({
  product: [address(cluster, "app")],
  canary: address(cluster, CANARY),
});

/** What the grants of a stack give. */
export async function grant(t: TestContext, cluster: TestCluster): Promise<void> {
  for (const name of ["app", CANARY] as const) {
    const admin = await connectPostgres(address(cluster, "doadmin", name));
    t.after(() => admin.end());
    await admin.query(`grant connect, create, temporary on database "${name}" to "${name}"`);
    await admin.query(`grant usage, create on schema public to "${name}"`);
  }
}

/** People with documents, in types of every kind. */
export async function fill(client: pg.Client, people: number): Promise<void> {
  await client.query(`
    create type standing as enum ('new', 'known');
    create table person (
      id bigint generated always as identity primary key, email text unique not null, standing standing not null,
      born date, score numeric(8, 2), about jsonb, note json, tags text[], at timestamptz not null default now());
    create index on person (standing desc, score nulls first) where score > 10;
    create index on person (lower(email));
    create table document (id uuid primary key, person bigint not null references person, body bytea);
    create view known as select * from person where standing = 'known'`);
  await client.query(
    `insert into person (email, standing, born, score, about, note, tags)
     select 'p' || n || '@example.com', (array['new', 'known'])[1 + n % 2]::standing, date '1990-01-01' + n % 9000, n % 500,
       jsonb_build_object('n', n), json_build_object('n', n), array['a', n::text] from generate_series(1, $1::int) n`,
    [people],
  );
  await client.query(`
    insert into document select gen_random_uuid(), id, decode(repeat(md5(id::text), 20), 'hex') from person where id % 3 = 0`);
}
