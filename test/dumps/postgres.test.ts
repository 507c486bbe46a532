import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import {
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { makeDump, restoreDump } from "../../runbooks/restore-drill/dumps/dump.ts";
import type { Manifest } from "../../runbooks/restore-drill/dumps/manifest.ts";
import { newIdentity } from "../../runbooks/restore-drill/dumps/seal.ts";
import { bucketFor, type TestBucket } from "./bucket.ts";
import { postgresFor, type Server } from "./server.ts";

/** A bit of everything that a product's schema may have. */
const schema = `
  create role app login password 'secret of a test'; create role reporter nologin;
  grant usage, create on schema public to app; grant create on database app to app;`;
const product = `
  create extension pgcrypto;
  create schema billing;
  create type mood as enum ('sad', 'ok');
  create domain email as text check (value like '%@%');
  create sequence invoice_number start 1000;
  create table people (id bigserial primary key, mail email unique, mood mood, born date, photo bytea,
    profile jsonb, score double precision, updated timestamptz default now(), tags text[]);
  create table billing.invoices (number int primary key default nextval('invoice_number'),
    person bigint not null references people on delete cascade, cents int check (cents > 0),
    gross int generated always as (cents * 119 / 100) stored);
  create index people_tags on people using gin (tags);
  create index adults on people (born) where mood = 'ok';
  create table events (at timestamptz not null, what text) partition by range (at);
  create table events_2026 partition of events for values from ('2026-01-01') to ('2027-01-01');
  create view happy as select id, mail from people where mood = 'ok';
  create materialized view totals as select person, sum(cents) as cents from billing.invoices group by 1;
  create function touch() returns trigger language plpgsql as $$ begin new.updated = now(); return new; end $$;
  create trigger touched before update on people for each row execute function touch();
  alter table people enable row level security;
  create policy everyone on people using (true);
  grant select on happy to reporter;
  comment on table people is 'Who we know';
  insert into people (mail, mood, born, photo, profile, score, tags)
    select 'p' || n || '@example.com', 'ok', '1990-01-01'::date + n, decode(md5(n::text), 'hex'),
      jsonb_build_object('n', n, 'quote', E'it\\'s "\\\\"'), n / 3.0, array['a', null, 'ü' || n]
    from generate_series(1, 3000) n;
  insert into billing.invoices (person, cents) select id, id * 7 from people;
  insert into events select '2026-06-01'::timestamptz + n * interval '1 hour', 'e' || n from generate_series(1, 500) n;
  refresh materialized view totals;`;

describe("dumps of PostgreSQL", () => {
  let server: Server;
  let bucket: TestBucket;
  let identity: string;
  let recipient: string;
  let made: Manifest;
  let databases = 0;

  const ends: (() => unknown)[] = [];
  after(async () => {
    for (const end of ends.reverse()) await end();
  });

  before(async () => {
    const t = { after: (end: () => unknown) => void ends.push(end) };
    [server, bucket] = await Promise.all([postgresFor(t), bucketFor(t)]);
    ({ identity, recipient } = await newIdentity());
    await server.sql("postgres", "create database app");
    await server.sql("app", schema);
    await server.sql("app", product, "app");
    made = await makeDump({ engine: "pg", uri: server.uri("app", "app") }, bucket.store, [recipient]);
  });

  const source = { engine: "pg", database: "app" } as const;
  const emptyDatabase = async () => {
    const name = `restored_${++databases}`;
    await server.sql("postgres", `create database ${name} template template0`);
    return name;
  };
  const tables = async (database: string) =>
    (
      await server.sql<{ n: number }>(
        database,
        "select count(*)::int as n from pg_tables where schemaname = 'public'",
      )
    )[0]?.n;
  const restore = async (more: { identity?: string; at?: Date } = {}) => {
    const database = await emptyDatabase();
    const target = { uri: server.uri(database) };
    return { database, result: restoreDump({ store: bucket.store, ...source, identity, target, ...more }) };
  };

  it("come back with schema, owners, grants and content, and work on", async () => {
    const { database, result } = await restore();
    await result;
    const [row] = await server.sql(database, "select count(*)::int as n, max(id)::int as top from people");
    assert.deepEqual(row, { n: 3000, top: 3000 });
    await server.sql(database, "insert into people (mail) values ('new@example.com')", "app");
    const [next] = await server.sql(database, "select id::int from people where mail = 'new@example.com'");
    assert.deepEqual(next, { id: 3001 }, "sequences go on where they were");
    await assert.rejects(
      server.sql(database, "insert into billing.invoices (person, cents) values (999999, 1)", "app"),
      /foreign key/,
    );
    const [granted] = await server.sql(
      database,
      "select has_table_privilege('reporter', 'happy', 'select') as may",
    );
    assert.deepEqual(granted, { may: true });
    const [sum] = await server.sql(database, "select count(*)::int as n from totals");
    assert.deepEqual(sum, { n: 3000 });
  });

  it("say in the manifest what is in them, of the moment of the snapshot", async () => {
    assert.equal(made.consistency, "snapshot");
    assert.match(made.tool, /^pg_dump \(PostgreSQL\) 17/);
    assert.deepEqual(
      made.parts.map(({ name, rows }) => [name, rows]),
      [
        ["billing.invoices", 3000],
        ["public.events_2026", 500],
        ["public.people", 3000],
      ],
    );
    assert.deepEqual(made.schema?.extensions, ["pgcrypto"]);
    assert.deepEqual(made.recipients, [recipient]);
    assert.ok(made.file.version, "the bucket's version is named");
  });

  it("hold one moment, whatever is written meanwhile", async () => {
    const busy = writeOn(server);
    const dump = await makeDump({ engine: "pg", uri: server.uri("app", "app") }, bucket.store, [recipient]);
    await busy.stop();
    const { result, database } = await restore({ at: new Date(dump.startedAt) });
    assert.equal((await result).startedAt, dump.startedAt);
    const rows = dump.parts.find(({ name }) => name === "public.events_2026")?.rows;
    const [found] = await server.sql(database, "select count(*)::int as n from events");
    assert.deepEqual(found, { n: rows });
  });

  it("restore as an administrator who is no superuser, as on the platform", async () => {
    await server.sql(
      "postgres",
      `create role doadmin login createdb createrole password 'secret of a test';
       grant app, reporter to doadmin with admin option`,
    );
    await server.sql("postgres", "create database administered owner doadmin template template0");
    const target = { uri: server.uri("administered", "doadmin") };
    await restoreDump({ store: bucket.store, ...source, identity, target });
    const rows = await server.sql(
      "administered",
      "select distinct tableowner from pg_tables where schemaname = 'public'",
    );
    assert.deepEqual(rows, [{ tableowner: "app" }]);
  });

  it("restore as the product's own user, who gets all of it", async () => {
    const database = await emptyDatabase();
    await server.sql(database, "grant usage, create on schema public to app; create extension pgcrypto");
    await server.sql("postgres", `grant create on database ${database} to app`);
    const target = { uri: server.uri(database, "app") };
    await restoreDump({ store: bucket.store, ...source, identity, target, owners: "mine" });
    const rows = await server.sql(
      database,
      "select distinct tableowner from pg_tables where schemaname = 'public'",
    );
    assert.deepEqual(rows, [{ tableowner: "app" }]);
  });

  it("are nothing to whoever has the bucket alone", async () => {
    const { Body } = await bucket.s3.send(
      new GetObjectCommand({ Bucket: bucket.name, Key: made.file.key, VersionId: made.file.version }),
    );
    const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
    assert.match(bytes.subarray(0, 22).toString(), /^age-encryption\.org\/v1/);
    assert.ok(!bytes.includes("example.com") && !bytes.includes("PGDMP"));
  });

  it("refuse another's identity, and leave the database empty", async () => {
    const { database, result } = await restore({ identity: (await newIdentity()).identity });
    await assert.rejects(result, /can't be decrypted: no identity matched/);
    assert.equal(await tables(database), 0);
  });

  for (const [name, damage, expected] of [
    [
      "changed in its last chunk",
      (bytes: Buffer) => flipped(bytes, bytes.length - 100),
      /changed or cut off|another checksum/,
    ],
    [
      "cut off",
      (bytes: Buffer) => bytes.subarray(0, bytes.length - 5000),
      /changed or cut off|has \d+ bytes/,
    ],
    ["with a chunk missing", (bytes: Buffer) => withoutChunk(bytes), /changed or cut off|has \d+ bytes/],
    [
      "longer than it was",
      (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(10)]),
      /changed or cut off|has \d+/,
    ],
  ] as const)
    it(`are refused when ${name}, and leave the database empty`, async () => {
      const forged = await replaced(bucket, made, damage);
      const { database, result } = await restore();
      await assert.rejects(result, expected);
      assert.equal(await tables(database), 0);
      await forged.undo();
    });

  it("are refused when the bucket has them no more", async () => {
    const file = { ...made.file, key: "pg/app/2999.gone", version: undefined };
    await bucket.store.putManifest({ ...made, file });
    const { result } = await restore();
    await assert.rejects(result, /shop-dumps has no pg\/app\/2999\.gone/);
    await bucket.store.remove({ ...made, file });
  });

  it("are not restored over what is there", async () => {
    const target = { uri: server.uri("app") };
    await assert.rejects(
      restoreDump({ store: bucket.store, ...source, identity, target }),
      /the database has \d+ tables and views: restore into an empty one/,
    );
  });

  it("notice that what came out is not what went in", async () => {
    const parts = made.parts.map((part) => (part.name === "public.people" ? { ...part, digest: "1" } : part));
    await bucket.store.putManifest({ ...made, parts });
    const { result } = await restore({ at: new Date(made.startedAt) });
    await assert.rejects(result, /the restored database differs: public\.people has other content/);
    await bucket.store.putManifest(made);
  });

  it("name the roles that are missing, or make them for a drill", async () => {
    const roles = [...(made.schema?.roles ?? []), "ghost"];
    const schema = { sha256: "", extensions: [], ...made.schema, roles };
    await bucket.store.putManifest({ ...made, schema });
    const at = new Date(made.startedAt);
    const { result } = await restore({ at });
    await assert.rejects(result, /roles are missing: ghost/);
    const target = { uri: server.uri(await emptyDatabase()) };
    await restoreDump({ store: bucket.store, ...source, identity, target, at, makeRoles: true });
    await bucket.store.putManifest(made);
  });

  it("leave nothing behind when they fail or are stopped", async () => {
    const stop = new AbortController();
    const dump = makeDump(
      { engine: "pg", uri: server.uri("app", "app") },
      bucket.store,
      [recipient],
      stop.signal,
    );
    stop.abort(new Error("stopped"));
    await assert.rejects(dump, /stopped|abort/i);
    await server.sql("app", "create table locked_away (id int)");
    await assert.rejects(
      makeDump({ engine: "pg", uri: server.uri("app", "app") }, bucket.store, [recipient]),
      /permission denied for table locked_away/,
    );
    await server.sql("app", "drop table locked_away");
    const { Contents = [] } = await bucket.s3.send(new ListObjectsV2Command({ Bucket: bucket.name }));
    const keys = Contents.map(({ Key = "" }) => Key);
    assert.deepEqual(
      keys.filter((key) => key.endsWith(".age") && !keys.includes(`${key}.json`)),
      [],
    );
    const { Uploads = [] } = await bucket.s3.send(new ListMultipartUploadsCommand({ Bucket: bucket.name }));
    assert.deepEqual(Uploads, []);
  });
});

/** Rows that are added one by one, until stopped. */
function writeOn(server: Server) {
  let going = true;
  const ended = (async () => {
    for (let n = 0; going; n++)
      await server.sql("app", `insert into events values ('2026-12-01', 'busy ${n}')`, "app");
  })();
  return {
    stop: () => {
      going = false;
      return ended;
    },
  };
}

function flipped(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
  return changed;
}

/** Without the second chunk of 64 KiB and its tag, as age counts them. */
function withoutChunk(bytes: Buffer): Buffer {
  const payload = bytes.indexOf("\n", bytes.indexOf("\n--- ") + 1) + 1 + 16;
  const chunk = 64 * 1024 + 16;
  assert.ok(bytes.length > payload + 2 * chunk, "the dump has three chunks");
  return Buffer.concat([bytes.subarray(0, payload + chunk), bytes.subarray(payload + 2 * chunk)]);
}

/** Puts another file in place of a dump, under the newest manifest. */
async function replaced(bucket: TestBucket, made: Manifest, damage: (bytes: Buffer) => Buffer) {
  const { Body } = await bucket.s3.send(
    new GetObjectCommand({ Bucket: bucket.name, Key: made.file.key, VersionId: made.file.version }),
  );
  const Key = `${made.file.key.replace(/2\d{3}-/, "2999-")}`;
  const bytes = damage(Buffer.from((await Body?.transformToByteArray()) ?? []));
  const { VersionId } = await bucket.s3.send(new PutObjectCommand({ Bucket: bucket.name, Key, Body: bytes }));
  const file = { ...made.file, key: Key, version: VersionId };
  await bucket.store.putManifest({ ...made, file });
  return { undo: () => bucket.store.remove({ ...made, file }) };
}
