import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { after, before, describe, it } from "node:test";
import { ListMultipartUploadsCommand } from "@aws-sdk/client-s3";
import { newIdentity } from "../../runbooks/restore-drill/dumps/seal.ts";
import { bucketFor, type TestBucket } from "./bucket.ts";
import { postgresFor, type Server } from "./server.ts";

type Line = { event: string; [about: string]: unknown };
type Worker = {
  child: ChildProcessByStdio<null, Readable, null>;
  until(event: string): Promise<Line>;
  lines: Line[];
};

describe("the worker's dumps", () => {
  let server: Server;
  let bucket: TestBucket;
  let recipient: string;
  const ends: (() => unknown)[] = [];
  const t = { after: (end: () => unknown) => void ends.push(end) };

  before(async () => {
    [server, bucket] = await Promise.all([postgresFor(t), bucketFor(t)]);
    ({ recipient } = await newIdentity());
    await server.sql("postgres", "create database app");
    // More than one part of an upload, of what doesn't compress.
    await server.sql(
      "app",
      `create table blobs as select n, (select string_agg(sha512((n * 1000 + m)::text::bytea), '') from generate_series(1, 1000) m) as blob
       from generate_series(1, 400) n`,
    );
  });
  after(async () => {
    for (const end of ends.reverse()) await end();
  });

  const startWorker = (more: Record<string, string> = {}): Worker => {
    const child = spawn(process.execPath, ["worker/main.ts"], {
      cwd: new URL("../../runbooks/restore-drill/", import.meta.url),
      env: {
        PATH: process.env.PATH,
        ...bucket.variables,
        DUMPS_RECIPIENTS: recipient,
        SOURCES: JSON.stringify([{ engine: "pg", uri: server.uri("app") }]),
        ...more,
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    ends.push(() => child.kill("SIGKILL"));
    const lines: Line[] = [];
    const waiting: (() => void)[] = [];
    createInterface({ input: child.stdout }).on("line", (text) => {
      lines.push(JSON.parse(text));
      for (const look of waiting) look();
    });
    const until = (event: string) =>
      new Promise<Line>((resolve, reject) => {
        const look = () => {
          const found = lines.find((line) => line.event === event);
          if (found) resolve(found);
        };
        waiting.push(look);
        child.once("close", () => reject(new Error(`the worker ended: ${JSON.stringify(lines)}`)));
        look();
      });
    return { child, until, lines };
  };
  const stop = async ({ child }: Worker, signal: NodeJS.Signals) => {
    child.kill(signal);
    const [code] = await once(child, "close");
    return code;
  };
  const dumps = () => bucket.store.manifests("pg", "app");
  const uploads = async () =>
    (await bucket.s3.send(new ListMultipartUploadsCommand({ Bucket: bucket.name }))).Uploads ?? [];

  it("survive kill -9 in the middle of an upload: the next worker clears up and makes the dump", async () => {
    const first = startWorker();
    while ((await uploads()).length === 0) await new Promise(setImmediate);
    await stop(first, "SIGKILL");
    assert.deepEqual(await dumps(), [], "what was never finished is no dump");
    assert.equal((await uploads()).length, 1);

    const second = startWorker();
    const { bytes } = await second.until("dumped");
    assert.ok(Number(bytes) > 16 * 1024 * 1024, "in more than one part");
    assert.deepEqual(await uploads(), []);
    assert.equal((await dumps()).length, 1);
    assert.equal(await stop(second, "SIGTERM"), 0);
  });

  it("are made when they are due, and not by each worker that starts", async () => {
    const [newest] = await dumps();
    const again = startWorker();
    await again.until("last dump");
    assert.equal(await stop(again, "SIGTERM"), 0);
    assert.equal((await dumps()).length, 1);
    assert.ok(newest);
    // As if that one were of the day before yesterday: a run was missed.
    await bucket.store.remove(newest);
    const startedAt = new Date(Date.parse(newest.startedAt) - 2 * 86_400_000).toISOString();
    await bucket.store.putManifest({
      ...newest,
      startedAt,
      file: { ...newest.file, key: `pg/app/${startedAt}.old` },
    });
    const third = startWorker();
    await third.until("dumped");
    assert.equal(await stop(third, "SIGTERM"), 0);
    assert.equal((await dumps()).length, 2);
  });

  it("end at once when the worker is told to stop, and leave nothing half done", async () => {
    for (const each of await dumps()) await bucket.store.remove(each);
    const worker = startWorker();
    while ((await uploads()).length === 0) await new Promise(setImmediate);
    assert.equal(await stop(worker, "SIGTERM"), 0);
    assert.deepEqual(await uploads(), []);
    assert.deepEqual(await dumps(), []);
  });

  it("let old ones go when there are newer ones, but never the last three", async () => {
    const worker = startWorker();
    await worker.until("dumped");
    await stop(worker, "SIGTERM");
    const [newest] = await dumps();
    assert.ok(newest);
    const old = ["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-04"];
    await bucket.store.remove(newest);
    for (const day of old) {
      const startedAt = `${day}T00:00:00.000Z`;
      await bucket.store.putManifest({
        ...newest,
        startedAt,
        file: { ...newest.file, key: `pg/app/${startedAt}` },
      });
    }
    const next = startWorker();
    await next.until("pruned");
    await stop(next, "SIGTERM");
    const left = (await dumps()).map(({ startedAt }) => startedAt.slice(0, 10));
    assert.deepEqual(left.slice(1), ["2020-01-04", "2020-01-03"]);
  });

  it("tell a service that they were made", async () => {
    for (const each of await dumps()) await bucket.store.remove(each);
    const called = Promise.withResolvers<string | undefined>();
    const service = createServer((request, response) => {
      called.resolve(request.url);
      response.end();
    }).listen(0, "127.0.0.1");
    ends.push(() => service.close());
    await once(service, "listening");
    const { port } = service.address() as AddressInfo;
    const worker = startWorker({ DUMPS_HEARTBEAT_URL: `http://127.0.0.1:${port}/ping/7` });
    assert.equal(await called.promise, "/ping/7");
    await stop(worker, "SIGTERM");
  });

  it("say why they fail, without a secret, and the worker goes on", async () => {
    for (const [more, why] of [
      [{ DUMPS_BUCKET: "another-bucket" }, /Access ?Denied|NoSuchBucket|does not exist/i],
      [{ DUMPS_SECRET_ACCESS_KEY: "wrong" }, /signature|denied/i],
      [
        { SOURCES: JSON.stringify([{ engine: "pg", uri: server.uri("gone") }]) },
        /database "gone" does not exist/,
      ],
      [{ DUMPS_RECIPIENTS: "age1nonsense" }, /^age1nonsense is no recipient of age$/],
      [{ PATH: "/nowhere" }, /pg_dump can't be run: it is not there/],
    ] as const) {
      for (const each of await dumps()) await bucket.store.remove(each);
      const worker = startWorker(more);
      const line = await worker.until("dump failed");
      assert.match(String(line.why), why);
      const said = JSON.stringify(worker.lines);
      for (const secret of [
        "secret of a test",
        encodeURIComponent("secret of a test"),
        bucket.variables.DUMPS_SECRET_ACCESS_KEY,
      ])
        assert.ok(!said.includes(String(secret)));
      assert.equal(await stop(worker, "SIGTERM"), 0);
    }
  });
});
