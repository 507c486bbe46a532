import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { promisify } from "node:util";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { Redis } from "ioredis";
import { MongoClient } from "mongodb";
import pg from "pg";
import { Authority, makeAuthority } from "../../local/certificates.ts";
import { engines } from "../../local/dataplane/engines.ts";
import { postgresClients } from "../../local/dataplane/postgres-clients.ts";
import { startCloud } from "../../local/index.ts";
import { removeServers } from "../../local/leftovers.ts";
import { CLUSTER, Client } from "../../local/testing.ts";
import { caOf, online } from "../../local/testing-served.ts";
import { pythonWith } from "../python.ts";

// Clients that people use, none of them ours, against what a local cloud serves. Each gets in as the API says, and in no other way.
// PyMongo is asked in test/databases.test.ts, boto3 in test/documents.test.ts.

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "breakwater-"));
const running = await startCloud({ home: folder, port: 0, servers: engines });
const { python, missing } = pythonWith(folder, "psycopg[binary]==3.3.9", "redis==8.1.0");
after(async () => {
  await running.close();
  await removeServers(folder);
  rmSync(folder, { recursive: true });
});

/** How someone tries to get in. */
interface Way {
  /** With the password that the API tells in its place. */
  uri: string;
  /** PEM of the authority that is trusted; the same in a file. */
  ca: string;
  caFile: string;
  /** Whether TLS is used. */
  isEncrypted: boolean;
}

/** Asks something that takes a password to be answered; rejects when it is not. */
type Ask = (way: Way) => Promise<unknown>;

const CLIENTS: Record<"pg" | "mongodb" | "valkey", Record<string, Ask>> = {
  pg: {
    "npm pg": async ({ uri, ca, isEncrypted }) => {
      const { protocol: _, ...address } = partsOf(uri);
      const client = new pg.Client({ ...address, ssl: isEncrypted && { ca } });
      client.on("error", () => {});
      try {
        await client.connect();
        await client.query("select 1");
      } finally {
        await client.end().catch(() => {});
      }
    },
    psql: async ({ uri, caFile, isEncrypted }) => {
      const mode = isEncrypted ? "verify-full" : "disable";
      const address = uri.replace("sslmode=require", `sslmode=${mode}`);
      const psql = join(await postgresClients(), "bin", "psql");
      await run(psql, ["--no-psqlrc", "--no-password", "-c", "select 1"], {
        env: { PGSSLROOTCERT: caFile, ...environmentOf(address) },
      });
    },
    "Python's psycopg": inPython(`
import psycopg
mode = "verify-full" if encrypted else "disable"
psycopg.connect(uri.replace("sslmode=require", "sslmode=" + mode), sslrootcert=ca).execute("select 1")
`),
  },
  mongodb: {
    "npm mongodb": async ({ uri, ca, isEncrypted }) => {
      const address = isEncrypted ? uri : uri.replace("tls=true", "tls=false");
      const client = new MongoClient(address, {
        serverSelectionTimeoutMS: 5_000,
        ...(isEncrypted && { ca }),
      });
      try {
        await client.db().command({ listCollections: 1 });
      } finally {
        await client.close(true);
      }
    },
  },
  valkey: {
    "npm ioredis": async ({ uri, ca, isEncrypted }) => {
      const address = isEncrypted ? uri : uri.replace("rediss:", "redis:");
      const client = new Redis(address, {
        lazyConnect: true,
        retryStrategy: () => null,
        ...(isEncrypted && { tls: { ca } }),
      });
      let why: unknown;
      client.on("error", (error) => {
        why = error; // what the caller is told is that the connection is closed
      });
      try {
        await client.connect();
        await client.ping();
      } catch (error) {
        throw why ?? error;
      } finally {
        client.disconnect();
      }
    },
    "Python's redis": inPython(`
import redis
options = {"ssl_ca_certs": ca, "ssl_check_hostname": True} if encrypted else {}
redis.Redis.from_url(uri if encrypted else uri.replace("rediss:", "redis:"), **options).ping()
`),
  },
};

/** Without Python its clients are left out, and the test says so. */
function inPython(script: string): Ask {
  const whole = `import json, sys\nuri, ca, encrypted = json.load(sys.stdin)\n${script}`;
  return async ({ uri, caFile, isEncrypted }) => {
    const child = run(python, ["-c", whole]);
    child.child.stdin?.end(JSON.stringify([uri, caFile, isEncrypted]));
    await child;
  };
}

function partsOf(uri: string) {
  const { protocol, hostname: host, port, username: user, password, pathname } = new URL(uri);
  return { protocol, host, port: Number(port), user, password, database: pathname.slice(1) };
}

/** What libpq takes from its environment: an argument would show in the list of processes. */
function environmentOf(uri: string): Record<string, string> {
  const { host, port, user, password, database } = partsOf(uri);
  const mode = new URL(uri).searchParams.get("sslmode") ?? "";
  return {
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGPASSWORD: password,
    PGDATABASE: database,
    PGSSLMODE: mode,
  };
}

const stranger = new Authority(makeAuthority("Somebody else"), "Somebody else").certificate;
const cloud = new Client(running);

for (const [engine, version] of [
  ["pg", "17"],
  ["mongodb", "7"],
  ["valkey", "8"],
] as const)
  describe(`a cluster of ${engine}`, async () => {
    const made = await cloud.make<{ id: string; connection: { uri: string } }>("/v2/databases", {
      ...CLUSTER,
      name: `a-${engine}`,
      engine,
      version,
    });
    await online(cloud, made.id);
    const { uri } = made.connection;
    const inFile = (name: string, ca: string) => {
      const caFile = join(folder, `${engine}-${name}.pem`);
      writeFileSync(caFile, ca);
      return { ca, caFile };
    };
    const right: Way = { uri, isEncrypted: true, ...inFile("own", await caOf(cloud, made.id)) };
    const wrong: [how: string, way: Way, why: RegExp][] = [
      ["a wrong password", { ...right, uri: uri.replace(/:[^:@/]+@/, ":wrong@") }, /password/i],
      ["another authority", { ...right, ...inFile("other", stranger) }, /certificate/],
      ["no TLS", { ...right, isEncrypted: false }, /no encryption|closed|ECONNRESET/i],
    ];
    for (const [name, ask] of Object.entries(CLIENTS[engine]))
      test(name, async (t) => {
        if (name.startsWith("Python") && missing !== undefined) return t.skip(missing);
        await ask(right);
        for (const [how, way, why] of wrong)
          await assert.rejects(ask(way), (error) => why.test(reasonOf(error)), how);
        await ask(right);
      });
  });

/** Spaces are served without TLS on this machine: every request is signed. */
describe("Spaces", () => {
  const { accessKeyId, secretAccessKey } = running.spacesKey;
  const wrong: [how: string, id: string, secret: string, name: string][] = [
    ["a wrong secret", accessKeyId, "wrong".repeat(8), "SignatureDoesNotMatch"],
    ["an unknown key", "DO00UNKNOWN", secretAccessKey, "InvalidAccessKeyId"],
  ];

  test("AWS' SDK for JavaScript", async () => {
    const list = async (id: string, secret: string) => {
      const s3 = new S3Client({
        endpoint: running.spaces.proxy,
        region: "fra1",
        forcePathStyle: true,
        maxAttempts: 1,
        credentials: { accessKeyId: id, secretAccessKey: secret },
      });
      await s3.send(new ListBucketsCommand({})).finally(() => s3.destroy());
    };
    await list(accessKeyId, secretAccessKey);
    for (const [how, id, secret, name] of wrong) await assert.rejects(list(id, secret), { name }, how);
    const { status } = await fetch(running.spaces.proxy);
    assert.equal(status, 403, "no signature");
  });
});

/** The last line of what a program said, or the error's own message. */
function reasonOf(error: unknown): string {
  const said = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
  return said.trim().split("\n").at(-1) ?? "";
}
