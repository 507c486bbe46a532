import type { ClientBase } from "pg";
import { OTHERS, type Table } from "../recordings/postgres.ts";
import { type Finding, NotTested, tellable } from "./check.ts";

/** What makes a restored PostgreSQL database sound beyond its rows. */

/** Every row that refers to another finds it. */
export async function foreignKeys(client: ClientBase): Promise<Finding> {
  const { rows: keys } = await client.query<{ name: string; orphans: string }>(
    `select format('%s.%I', k.conrelid::regclass, k.conname) as name,
       format('select count(*) as orphans from only %s c where %s and not exists (select from %s p where %s)',
         k.conrelid::regclass,
         (select string_agg(format('c.%I is not null', a.attname), ' and ') from unnest(k.conkey) n
            join pg_attribute a on a.attrelid = k.conrelid and a.attnum = n),
         k.confrelid::regclass,
         (select string_agg(format('p.%I = c.%I', p.attname, c.attname), ' and ') from unnest(k.conkey, k.confkey) as n(own, other)
            join pg_attribute c on c.attrelid = k.conrelid and c.attnum = n.own
            join pg_attribute p on p.attrelid = k.confrelid and p.attnum = n.other)) as orphans
     from pg_constraint k join pg_class t on t.oid = k.conrelid join pg_namespace n on n.oid = t.relnamespace
     where k.contype = 'f' and k.convalidated and t.relkind = 'r' and ${OTHERS} order by 1`,
  );
  const problems: string[] = [];
  for (const { name, orphans } of keys) {
    const { rows } = await client.query<{ orphans: string }>(orphans);
    const count = Number(rows[0]?.orphans ?? 0);
    if (count > 0) problems.push(`${name}: ${count} rows refer to nothing`);
  }
  return { numbers: { keys: keys.length }, problems };
}

interface Index {
  oid: number;
  name: string;
  /** Rows of the table that the index must have, as they come through the index and as they lie in the table. */
  ordered: string;
  heap: string;
}

/**
 * Every B-tree leads to every row, and to nothing else: with the server's own amcheck where it can be had, else by reading each table
 * once through each of its indexes (DigitalOcean offers no amcheck to its administrators).
 */
export async function indexes(client: ClientBase, tables: readonly Table[], until: number): Promise<Finding> {
  const amcheck = await hasAmcheck(client);
  const numbers = {
    indexes: 0,
    unread: 0,
    by: amcheck ? "amcheck, all rows indexed" : "reading through each index",
  };
  const problems: string[] = [];
  for (const table of tables)
    for (const index of await indexesOf(client, table)) {
      if (Date.now() > until) {
        numbers.unread += 1;
        continue;
      }
      try {
        if (amcheck) await client.query("select bt_index_check($1::regclass, true)", [index.oid]);
        else if (!(await leadsToEveryRow(client, index))) numbers.unread += 1;
        numbers.indexes += 1;
      } catch (error) {
        problems.push(error instanceof IndexProblem ? error.message : `${index.name}: ${tellable(error)}`);
      }
    }
  return { numbers, problems };
}

class IndexProblem extends Error {}

/** False when the planner would not go through the index, so that nothing can be told of it. */
async function leadsToEveryRow(client: ClientBase, { name, ordered, heap }: Index): Promise<boolean> {
  interface Rows {
    rows: string;
    sum: string;
  }
  await client.query("begin");
  try {
    await client.query(
      "set local enable_seqscan = off; set local enable_sort = off; set local enable_bitmapscan = off; set local max_parallel_workers_per_gather = 0",
    );
    const { rows: plan } = await client.query(`explain (format json) ${ordered}`);
    if (!JSON.stringify(plan).includes(`"Index Name":${JSON.stringify(name)}`)) return false;
    const { rows: through } = await client.query<Rows>(ordered);
    await client.query(
      "set local enable_seqscan = on; set local enable_indexscan = off; set local enable_indexonlyscan = off",
    );
    const { rows: direct } = await client.query<Rows>(heap);
    const [a, b] = [through[0], direct[0]];
    if (a?.rows !== b?.rows) throw new IndexProblem(`${name}: leads to ${a?.rows} rows of ${b?.rows}`);
    if (a?.sum !== b?.sum) throw new IndexProblem(`${name}: leads to other rows than there are`);
    return true;
  } finally {
    await client.query("rollback");
  }
}

async function indexesOf(client: ClientBase, { oid, name }: Table): Promise<Index[]> {
  const { rows } = await client.query<{ oid: number; name: string; keys: string; rows: string }>(
    `select i.indexrelid::int8::int as oid, c.relname as name, coalesce(' where ' || pg_get_expr(i.indpred, i.indrelid), '') as rows,
       (select string_agg(pg_get_indexdef(i.indexrelid, k, false)
           || case when i.indoption[k - 1] & 1 = 1 then ' desc' else '' end
           || case when i.indoption[k - 1] & 2 = 2 then ' nulls first' else ' nulls last' end, ', ' order by k)
        from generate_series(1, i.indnkeyatts) k) as keys
     from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am m on m.oid = c.relam
     where i.indrelid = $1 and i.indisvalid and m.amname = 'btree' order by 2`,
    [oid],
  );
  const places = (where: string, order: string) =>
    `select count(*) as rows, coalesce(sum(hashtidextended(place, 0)), 0) as sum
     from (select ctid as place from only ${name}${where}${order} offset 0) seen`;
  return rows.map((index) => ({
    oid: index.oid,
    name: index.name,
    ordered: places(index.rows, ` order by ${index.keys}`),
    heap: places(index.rows, ""),
  }));
}

/** The server's own check of each table's rows. */
export async function heaps(client: ClientBase, tables: readonly Table[], until: number): Promise<Finding> {
  if (!(await hasAmcheck(client)))
    throw new NotTested("the server offers no amcheck; every row was read instead");
  const numbers = { tables: 0, unread: 0 };
  const problems: string[] = [];
  for (const { oid, name } of tables) {
    if (Date.now() > until) {
      numbers.unread += 1;
      continue;
    }
    try {
      const { rows } = await client.query<{ wrong: string }>(
        "select count(*) as wrong from verify_heapam($1::regclass)",
        [oid],
      );
      numbers.tables += 1;
      const wrong = Number(rows[0]?.wrong ?? 0);
      if (wrong > 0) problems.push(`${name}: ${wrong} damaged places`);
    } catch (error) {
      problems.push(`${name}: ${tellable(error)}`);
    }
  }
  return { numbers, problems };
}

/** Installs it in the restored database where that is allowed. */
async function hasAmcheck(client: ClientBase): Promise<boolean> {
  try {
    await client.query("create extension if not exists amcheck");
    await client.query("select has_function_privilege('bt_index_check(regclass, boolean)', 'execute')");
    return true;
  } catch {
    return false;
  }
}

/** No page of the database, or of what all share, whose checksum was wrong has been met, by these checks or anyone else. */
export async function pageChecksums(client: ClientBase): Promise<Finding> {
  const { rows } = await client.query<{ failures: number | null; kept: string }>(
    `select sum(checksum_failures)::float8 as failures, current_setting('data_checksums') as kept from pg_stat_database
     where datid in (0, (select oid from pg_database where datname = current_database()))`,
  );
  const { failures = null, kept = "off" } = rows[0] ?? {};
  if (kept !== "on") throw new NotTested("the server keeps no checksums of its pages");
  return {
    numbers: { failures: failures ?? 0 },
    problems: (failures ?? 0) > 0 ? [`${failures} pages had a wrong checksum`] : [],
  };
}
