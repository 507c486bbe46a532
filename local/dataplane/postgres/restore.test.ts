import assert from "node:assert/strict";
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import type { Backup } from "../engine.ts";
import type { TestCluster } from "../testing.ts";
import { RestoreError } from "./archive.ts";
import { ADMIN, connectTo, postgresCluster, query, serverOf } from "./testing.ts";

const source = postgresCluster();
let backup: Backup;
/** Between the rows and their deletion, by the server's clock. */
let at = 0;
let digest: unknown;

const DIGEST = "select count(*)::int as n, md5(string_agg(id || x, ',' order by id)) as digest from t";
const NOW = "select ceil(extract(epoch from clock_timestamp()) * 1000)::float8 as now";
const nowOf = async (cluster: TestCluster) => (await query<{ now: number }>(cluster, NOW))[0]?.now ?? 0;

before(async () => {
  await source.apply();
  await query(source, "create table t as select id, md5(id::text) as x from generate_series(1, 5000) id");
  await query(source, "create database lost");
  backup = await source.server.backUp();
  await query(source, "insert into t select id, md5(id::text) from generate_series(5001, 8000) id");
  [digest] = await query(source, DIGEST);
  at = await nowOf(source);
  await query(source, "delete from t where id > 10");
  await query(source, "drop database lost");
});

const fork = (of: Partial<Backup> & { at?: number }, from = source) =>
  postgresCluster(
    {
      users: [{ ...ADMIN, password: "AVNS_fork" }],
      source: {
        kind: "backup",
        cluster: from.spec.id,
        backup: of.id ?? backup.id,
        ...(of.at && { at: of.at }),
      },
    },
    [from],
  );

/** A fork that is refused with this reason leaves no data and no process. */
async function refused(cluster: TestCluster, reason: RegExp): Promise<void> {
  await assert.rejects(
    cluster.apply(),
    (error) => error instanceof RestoreError && reason.test(error.message),
  );
  const left = readdirSync(cluster.folder, { recursive: true, encoding: "utf8" });
  assert.deepEqual(
    left.filter((name) => /PG_VERSION|pid/.test(name)),
    [],
  );
}

test("a backup says what it is, and is on the list", () => {
  assert.deepEqual(source.server.backups(), [backup]);
  assert.ok(backup.startedAt <= backup.endedAt && backup.bytes > 10_000_000);
});

test("a fork to a time before a deletion has every row, its own password, and a timeline of its own", async () => {
  const cluster = fork({ at });
  await cluster.apply();
  assert.deepEqual(await query(cluster, DIGEST), [digest]);
  await query(cluster, "select", { database: "lost" });
  await assert.rejects(connectTo(cluster, { password: ADMIN.password }), { code: "28P01" });
  const [row] = await query(cluster, "select timeline_id from pg_control_checkpoint()");
  assert.equal(row?.timeline_id, 2);
  await query(cluster, "delete from t");
  await cluster.apply(); // changes nothing
  assert.deepEqual(await query(source, "select count(*)::int as n from t"), [{ n: 10 }]);
  const own = await cluster.server.backUp();
  const second = fork({ id: own.id }, cluster);
  await second.apply();
  assert.deepEqual(await query(second, "select count(*)::int as n from t"), [{ n: 0 }]);
});

test("a fork without a time is the state at the backup's end", async () => {
  const cluster = fork({});
  await cluster.apply();
  assert.deepEqual(await query(cluster, "select count(*)::int as n from t"), [{ n: 5000 }]);
});

test("a fork to now has what was committed just before, though its segment was open", async () => {
  await query(source, "create table just_now as select 1 as n");
  const cluster = fork({ at: await nowOf(source) });
  await cluster.apply();
  assert.deepEqual(await query(cluster, "select n from just_now"), [{ n: 1 }]);
});

test("a time before the end of every backup is refused: it would silently be a later state", () =>
  refused(
    fork({ at: backup.endedAt - 1 }),
    /before the end of the oldest backup: the first time that can be restored is 2/,
  ));

test("a time before the named backup's end is restored from an older one", async () => {
  const later = await source.server.backUp();
  const cluster = fork({ id: later.id, at });
  await cluster.apply();
  assert.deepEqual(await query(cluster, DIGEST), [digest]);
});

test("a time that has not been yet is refused", async () =>
  refused(
    fork({ at: (await nowOf(source)) + 60_000 }),
    /has not been yet: the last time that can be restored is 2/,
  ));

const archive = () => join(source.folder, "archive", "17");
const segments = () =>
  readdirSync(archive())
    .filter((file) => /^[0-9A-F]{24}\.gz$/.test(file))
    .sort();
/** The first segment after the backup's own. */
function segmentAfter(): string {
  const facts = JSON.parse(readFileSync(join(source.folder, "backups", backup.id, "backup.json"), "utf8"));
  const first = Number.parseInt(facts.endLsn.split("/")[1], 16) / facts.segmentBytes;
  const found = segments().find((name) => Number.parseInt(name.slice(16, 24), 16) === Math.floor(first) + 1);
  assert.ok(found);
  return join(archive(), found);
}

test("a segment that is missing is named before anything starts", async () => {
  const path = segmentAfter();
  renameSync(path, `${path}.away`);
  await refused(fork({ at }), /WAL segment 0000000100000000[0-9A-F]{8} is missing from the archive/);
  renameSync(`${path}.away`, path);
});

test("a segment that is damaged, or another's, is named before anything starts", async () => {
  const path = segmentAfter();
  const whole = readFileSync(path);
  const broken = Buffer.from(whole);
  broken.writeUInt8((broken.at(-100) ?? 0) ^ 0xff, broken.length - 100);
  writeFileSync(path, broken);
  await refused(fork({ at }), /WAL segment 0000000100000000[0-9A-F]{8} in the archive is damaged/);
  const other = join(archive(), segments()[0] ?? "");
  writeFileSync(path, readFileSync(other));
  await refused(fork({ at }), /WAL segment 0000000100000000[0-9A-F]{8} in the archive is damaged/);
  writeFileSync(path, whole);
});

test("a file of the backup that is damaged is named, and so is a list that was changed", async () => {
  const data = join(source.folder, "backups", backup.id, "data");
  const [{ path: file = "" } = {}] = await query<{ path: string }>(
    source,
    "select pg_relation_filepath('pg_class') as path",
  );
  const path = join(data, file);
  const whole = readFileSync(path);
  const broken = Buffer.from(whole);
  broken.writeUInt8(broken.readUInt8(9000) ^ 1, 9000);
  writeFileSync(path, broken);
  await refused(fork({ at }), new RegExp(`file ${file} of the backup is missing or damaged`));
  rmSync(path);
  await refused(fork({ at }), new RegExp(`file ${file} of the backup is missing or damaged`));
  writeFileSync(path, whole);
  const list = join(data, "backup_manifest");
  const manifest = readFileSync(list, "utf8");
  writeFileSync(list, manifest.replace('"Size": 3', '"Size": 4'));
  await refused(fork({ at }), /list of files \(backup_manifest\) is damaged/);
  writeFileSync(list, manifest);
});

test("the archive never replaces a segment by another, and takes the same one again", async () => {
  const command = serverOf(source).archive("17").archiveCommand;
  const [name = ""] = segments();
  const content = gunzipSync(readFileSync(join(archive(), name)));
  const { execFileSync } = await import("node:child_process");
  const archiving = (data: Buffer) => {
    const path = join(source.folder, "again");
    writeFileSync(path, data);
    execFileSync("sh", ["-c", command.replaceAll("%f", name.slice(0, 24)).replaceAll("%p", path)], {
      stdio: "pipe",
    });
  };
  archiving(content);
  assert.throws(() => archiving(Buffer.concat([content.subarray(0, -1), Buffer.from([1])])));
  assert.deepEqual(gunzipSync(readFileSync(join(archive(), name))), content);
});

test("an archive that ends before the time is told from one that reaches it", async () => {
  const stopped = postgresCluster();
  await stopped.apply();
  const { id } = await stopped.server.backUp();
  await query(stopped, "create table t as select 1 as n");
  await (await serverOf(stopped).archiveUpTo(await nowOf(stopped))).done;
  const ended = Date.now();
  await stopped.server.stop();
  await refused(
    fork({ id, at: ended + 60_000 }, stopped),
    /is after the end of the archived log: the last time that can be restored is 2\S+Z$/,
  );
});

test("keeps seven days of backups and their log, and always the newest", async () => {
  const folder = join(source.folder, "backups", backup.id);
  const facts = JSON.parse(readFileSync(join(folder, "backup.json"), "utf8"));
  writeFileSync(
    join(folder, "backup.json"),
    JSON.stringify({ ...facts, endedAt: Date.now() - 7 * 86_400_000 - 1 }),
  );
  const first = segments()[0] ?? "";
  const half = join(source.folder, "backups", "20200101T000000000Z-cut.new");
  writeFileSync(half, "");
  utimesSync(half, 0, 0);
  const newest = await source.server.backUp();
  assert.ok(!existsSync(folder) && !existsSync(half));
  assert.equal(source.server.backups().at(-1)?.id, newest.id);
  assert.ok(!segments().includes(first));
  const cluster = fork({ id: newest.id });
  await cluster.apply();
  assert.deepEqual(await query(cluster, "select count(*)::int as n from t"), [{ n: 10 }]);
});

test("a fork that was cut short is made again", async () => {
  const cluster = fork({ at });
  const { server } = cluster;
  await cluster.apply({
    source: { kind: "backup", cluster: source.spec.id, backup: source.server.backups()[0]?.id ?? "" },
  });
  const count = "select count(*)::int as n from t";
  const rows = await query(cluster, count);
  await cluster.close();
  await server.stop();
  writeFileSync(join(cluster.folder, "recovering"), "");
  rmSync(join(cluster.folder, "17", "1", "data", "global"), { recursive: true });
  const again = postgresCluster(cluster.spec, [source]);
  renameSync(cluster.folder, `${again.folder}.old`);
  rmSync(again.folder, { recursive: true });
  renameSync(`${again.folder}.old`, again.folder);
  await again.apply();
  assert.deepEqual(await query(again, count), rows);
});

test("destroying a cluster destroys its backups", async () => {
  const short = postgresCluster();
  await short.apply();
  await short.server.backUp();
  await short.close();
  await short.server.destroy();
  assert.deepEqual(short.server.backups(), []);
  assert.ok(!existsSync(short.folder));
});
