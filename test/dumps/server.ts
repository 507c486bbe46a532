import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import pg from "pg";
import { postgresClients } from "../../local/dataplane/postgres-clients.ts";
import { giveToServers, serverIdentity } from "../../local/dataplane/programs.ts";

/** A PostgreSQL of the test's own, without TLS: what is tested is not how it is reached. */
export interface Server {
  uri(database: string, user?: string): string;
  sql<R extends pg.QueryResultRow>(database: string, statements: string, user?: string): Promise<R[]>;
}

const password = "secret of a test";

export async function postgresFor(t: Pick<TestContext, "after">): Promise<Server> {
  const bin = join(await postgresClients(), "bin");
  process.env.PATH = `${bin}:${process.env.PATH}`;
  const folder = mkdtempSync(join(tmpdir(), "breakwater-pg-"));
  giveToServers(folder);
  const [data, secret] = [join(folder, "data"), join(folder, "password")];
  writeFileSync(secret, password, { mode: 0o600 });
  giveToServers(secret);
  const as = { ...serverIdentity, cwd: folder, env: { PATH: bin, TZ: "UTC", LC_ALL: "C" } };
  const init = ["--pgdata", data, "--username=postgres", `--pwfile=${secret}`, "--auth=scram-sha-256"];
  execFileSync("initdb", [...init, "--encoding=UTF8", "--no-sync"], { ...as, stdio: "ignore" });
  const port = await freePort();
  const options = [
    "listen_addresses=127.0.0.1",
    `port=${port}`,
    `unix_socket_directories=${folder}`,
    "fsync=off",
  ];
  const server = spawn("postgres", ["-D", data, ...options.flatMap((option) => ["-c", option])], {
    ...as,
    stdio: ["ignore", "ignore", "pipe"],
  });
  t.after(async () => {
    if (server.exitCode === null) {
      server.kill("SIGQUIT");
      await once(server, "exit");
    }
    rmSync(folder, { recursive: true, force: true });
  });
  await ready(server.stderr);
  const uri = (database: string, user = "postgres") =>
    `postgresql://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}?sslmode=disable`;
  return {
    uri,
    sql: async <R extends pg.QueryResultRow>(database: string, statements: string, user?: string) => {
      const client = new pg.Client({ connectionString: uri(database, user).replace(/\?.*/, "") });
      await client.connect();
      try {
        return (await client.query<R>(statements)).rows;
      } finally {
        await client.end();
      }
    },
  };
}

function ready(log: NodeJS.ReadableStream): Promise<void> {
  let text = "";
  return new Promise((resolve, reject) => {
    log.on("data", (piece) => {
      text += piece;
      if (text.includes("ready to accept connections")) resolve();
    });
    log.on("end", () => reject(new Error(text)));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
