import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { Authority, makeAuthority } from "../../certificates.ts";
import type { ServerSpec } from "../engine.ts";
import { makePrivateFolder, serverIdentity } from "../programs.ts";
import { settingsOf } from "./configuration.ts";
import { inside } from "./control.ts";
import { PostgresNode } from "./node.ts";
import { setupOf } from "./node-files.ts";
import { postgresProgram } from "./program.ts";
import { prepareRecovery } from "./restore.ts";
import { POSTGRES_PORT, PostgresServer } from "./server.ts";

const run = promisify(execFile);

export interface RestoreFigures {
  /** From the wish for a fork to its first answer over verified TLS, in milliseconds. */
  forks: number[];
  /** Copying the same base backup and replaying the same log by hand, up to the first answer. */
  floors: number[];
  /** All of a fork's rows read as the caller does, and counted, in turn. */
  reads: number[];
  counts: number[];
}

const HOST = "127.0.0.1";
const VERSION = "17";
const COUNT = "select count(*) from t";

/**
 * Restores a database of about `megabytes` to a time before a deletion, `rounds` times. A quarter of it is in the log alone.
 * @param read reads all rows of a database
 */
export async function measureRestore(
  megabytes: number,
  rounds: number,
  read: (client: pg.Client) => Promise<unknown>,
): Promise<RestoreFigures> {
  const root = mkdtempSync(join(tmpdir(), "breakwater-restore-"));
  chmodSync(root, 0o711);
  const authority = new Authority(makeAuthority("Benchmark"), "Benchmark");
  const servers = new Map<string, PostgresServer>();
  const server = (id: string) => {
    const site = {
      folder: join(root, id),
      serverOf: (other: string) => servers.get(other),
      report() {},
      log() {},
    };
    const made = new PostgresServer(site);
    servers.set(id, made);
    return made;
  };
  const spec: ServerSpec = {
    id: "source",
    name: "source",
    version: VERSION,
    nodes: 1,
    memoryMib: 1024,
    place: { host: HOST, privateHost: HOST },
    tls: authority.issueServer([HOST]),
    ca: authority.certificate,
    users: [{ name: "doadmin", password: "benchmark" }],
    databases: ["defaultdb"],
    pools: [],
    config: {},
  };
  try {
    const source = server("source");
    await source.apply(spec);
    await source.inside(
      (client) =>
        client.query("create table t (id bigint primary key, x text); grant select on t to doadmin"),
      "defaultdb",
    );
    const fill = (from: number, to: number) =>
      source.inside(
        (client) =>
          client.query(
            `insert into t select g, repeat(md5(g::text), 30) from generate_series(${from}, ${to}) g`,
          ),
        "defaultdb",
      );
    const rows = megabytes * 1000;
    await fill(1, Math.floor(rows * 0.75));
    const backup = await source.backUp();
    await fill(Math.floor(rows * 0.75) + 1, rows);
    const at = await source.inside(async (client) => {
      const sql = "select ceil(extract(epoch from clock_timestamp()) * 1000)::float8 as now";
      return (await client.query<{ now: number }>(sql)).rows[0]?.now ?? 0;
    });
    await source.inside((client) => client.query("delete from t where id % 2 = 0"), "defaultdb");
    await (await source.archiveUpTo(at)).done;
    const plan = source.plan(backup.id, at);

    const forks: number[] = [];
    const floors: number[] = [];
    const reads: number[] = [];
    const counts: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const node = new PostgresNode(join(root, "floor"), await postgresProgram(VERSION));
      makePrivateFolder(node.folder);
      floors.push(
        await timed(async () => {
          await run("cp", ["-r", plan.data, node.data]);
          prepareRecovery(plan, node.data, plan.archive.restoreCommand);
          if (serverIdentity)
            await run("chown", ["-R", `${serverIdentity.uid}:${serverIdentity.gid}`, node.data]);
          await run("chmod", ["700", node.data]);
          await node.serve(setupOf(spec, { ...settingsOf(spec), archive_mode: "off" }));
          expectRows(await inside(node, (client) => client.query(COUNT), "defaultdb"), rows);
        }),
      );
      await node.remove();
      const fork = server(`fork-${round}`);
      forks.push(
        await timed(async () => {
          await fork.apply({
            ...spec,
            id: `fork-${round}`,
            source: { kind: "backup", cluster: "source", backup: backup.id, at },
          });
          const login = {
            host: HOST,
            port: Number(fork.connect(POSTGRES_PORT)),
            user: "doadmin",
            password: "benchmark",
          };
          const client = new pg.Client({ ...login, database: "defaultdb", ssl: { ca: spec.ca } });
          client.on("error", () => {}); // told by the query
          await client.connect();
          expectRows(await client.query(COUNT), rows);
          await client.end();
        }),
      );
      await fork.inside(async (client) => {
        counts.push(await timed(() => client.query(COUNT)));
        reads.push(await timed(() => read(client)));
      }, "defaultdb");
      await fork.destroy();
    }
    return { forks, floors, reads, counts };
  } finally {
    for (const made of servers.values()) await made.destroy();
    rmSync(root, { recursive: true, force: true });
  }
}

function expectRows(result: pg.QueryResult<{ count: string }>, rows: number): void {
  if (Number(result.rows[0]?.count) !== rows)
    throw new Error("the restored database is not the one that was deleted from");
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await action();
  return performance.now() - started;
}
