import { createHash } from "node:crypto";
import type { ClientBase } from "pg";
import { CANARY } from "../worker/canary.ts";
import type { Content, Recording } from "./recording.ts";

/** Schemas that are not the product's. */
export const OTHERS = `n.nspname !~ '^pg_' and n.nspname not in ('information_schema', '${CANARY}')`;

export interface Table {
  oid: number;
  /** `schema.table`, quoted where needed: the same text in every database that has it. */
  name: string;
  bytes: number;
  /** Counts what was ever written, until the server begins anew. */
  writes: string;
  /** Expression for the hash of a row. */
  hash: string;
}

/**
 * How a value is hashed, by its type: with the type's own function where SQL can name one, which is several times as fast as hashing a
 * row. Types whose hash depends on more than the value are hashed by their text: an enum's, for example, is that of an object id, which a
 * restored dump doesn't keep. `$` stands for the column, `#` for its number.
 */
const HASHES: Record<string, string> = {
  int2: "hashint2extended($, #)",
  int4: "hashint4extended($, #)",
  int8: "hashint8extended($, #)",
  float4: "hashfloat4extended($, #)",
  float8: "hashfloat8extended($, #)",
  numeric: "hash_numeric_extended($, #)",
  bool: "hashint4extended($::int4, #)",
  text: "hashtextextended($, #)",
  varchar: "hashtextextended($, #)",
  bpchar: "hashbpcharextended($, #)",
  uuid: "uuid_hash_extended($, #)",
  time: "time_hash_extended($, #)",
  timestamp: "timestamp_hash_extended($, #)",
  timestamptz: "timestamp_hash_extended($ at time zone 'UTC', #)",
  jsonb: "jsonb_hash_extended($, #)",
  date: "hash_record_extended(row($), #)",
  bytea: "hash_record_extended(row($), #)",
};
const BY_TEXT = "hashtextextended($::text, #)";

/** Every table of the connected database that holds rows itself, the smallest first. */
export async function tablesOf(client: ClientBase): Promise<Table[]> {
  const { rows } = await client.query<Table>(
    `select c.oid::int8::int as oid, format('%I.%I', n.nspname, c.relname) as name, pg_table_size(c.oid)::float8 as bytes,
       concat_ws(' ', pg_stat_get_tuples_inserted(c.oid), pg_stat_get_tuples_updated(c.oid), pg_stat_get_tuples_deleted(c.oid),
         (select stats_reset from pg_stat_database where datname = current_database())) as writes,
       coalesce((
         select string_agg(format('coalesce(%s, %s)',
                  replace(replace(coalesce($1::jsonb ->> k.type, $2), '#', k.number::text), '$', format('t.%I', k.name)), k.number), ' # ')
         from (select a.attname as name, row_number() over (order by a.attname collate "C") as number,
                 case when y.typnamespace = 'pg_catalog'::regnamespace then y.typname end as type
               from pg_attribute a join pg_type y on y.oid = a.atttypid
               where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) k), '0::int8') as hash
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'm') and c.relpersistence = 'p' and ${OTHERS}
     order by bytes, name`,
    [HASHES, BY_TEXT],
  );
  return rows;
}

/**
 * Reads all of a table, also what is stored out of line, in one pass of the server and in constant memory.
 *
 * @throws the server's error for what can't be read, such as XX001 for a damaged page.
 */
export async function contentOf(client: ClientBase, { name, hash, writes }: Table): Promise<Content> {
  const { rows } = await client.query<{ rows: string; sum: string }>(
    // The exact sum of 64-bit hashes. A second aggregate over them would have each row hashed twice.
    `select count(*) as rows, coalesce(sum(${hash}), 0) as sum from only ${name} t`,
  );
  const [{ rows: count, sum } = { rows: "0", sum: "0" }] = rows;
  return { rows: Number(count), digest: digestOf([count, sum]), writes };
}

/** What the product's part of the connected database is made of. */
export async function schemaDigest(client: ClientBase): Promise<string> {
  const { rows } = await client.query<{ line: string }>(
    `select line from (
       select format('column %I.%I.%I %s %s %s', n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                     pg_get_expr(d.adbin, d.adrelid)) as line
       from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
         left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
       where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f') and ${OTHERS}
       union all select format('constraint %I.%I %s', n.nspname, k.conname, pg_get_constraintdef(k.oid))
       from pg_constraint k join pg_namespace n on n.oid = k.connamespace where ${OTHERS} and k.contype <> 'n'
       union all select pg_get_indexdef(i.indexrelid) || ' ' || i.indisvalid
       from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace where ${OTHERS}
       union all select format('view %I.%I %s', n.nspname, c.relname, pg_get_viewdef(c.oid))
       from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('v', 'm') and ${OTHERS}
       union all select pg_get_triggerdef(t.oid)
       from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
       where not t.tgisinternal and ${OTHERS}
       union all select format('sequence %I.%I', n.nspname, c.relname)
       from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'S' and ${OTHERS}
       union all select format('function %I.%I(%s) %s', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid), md5(p.prosrc))
       from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where ${OTHERS} and not exists (select from pg_depend e where e.objid = p.oid and e.deptype = 'e')
     ) lines order by line collate "C"`,
  );
  return digestOf(rows.map(({ line }) => line));
}

/** What the connected database holds now, as one snapshot. Tables beyond `seconds` of reading are counted by the server's estimate. */
export async function recordPostgres(client: ClientBase, seconds: number): Promise<Recording> {
  await client.query("begin transaction isolation level repeatable read read only");
  try {
    const { rows } = await client.query<{ now: Date; database: string }>(
      "select clock_timestamp() as now, current_database() as database",
    );
    const [{ now, database } = { now: new Date(), database: "" }] = rows;
    const schema = await schemaDigest(client);
    const until = Date.now() + seconds * 1000;
    const tables: Recording["tables"] = {};
    for (const table of await tablesOf(client))
      tables[table.name] =
        Date.now() < until ? await contentOf(client, table) : await estimate(client, table);
    return { at: now.toISOString(), database, schema, tables };
  } finally {
    await client.query("rollback");
  }
}

/** Rows by the server's estimate. */
export async function estimate(client: ClientBase, { oid }: Table): Promise<Content> {
  const { rows } = await client.query<{ rows: number }>(
    "select greatest(reltuples, 0)::float8 as rows from pg_class where oid = $1",
    [oid],
  );
  return { rows: rows[0]?.rows ?? 0 };
}

export function digestOf(parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex");
}
