import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type TestContext, test } from "node:test";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { homeOf } from "../home.ts";
import { startCloud } from "../index.ts";
import { Client, temporaryFolder } from "../testing.ts";
import { type Credentials, signed, UNSIGNED_PAYLOAD } from "./signature.ts";

const MAIN = join(import.meta.dirname, "..", "main.ts");
const Bucket = "kept";

interface Running {
  process: ChildProcess;
  s3: S3Client;
  endpoint: string;
  key: Credentials;
  /** Resident memory in MiB, the most there has been. */
  peak(): number;
}

/** The cloud as a process of its own, listening. */
async function start(t: TestContext, home: string): Promise<Running> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", MAIN], {
    env: {
      ...process.env,
      BREAKWATER_HOME: home,
      BREAKWATER_PORT: "0",
      BREAKWATER_SPACES_PORT: "",
      BREAKWATER_SERVERS: "none",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  const lines = createInterface(child.stdout);
  await once(lines, "line");
  lines.on("line", () => {});
  const files = homeOf(home);
  const { spaces } = JSON.parse(readFileSync(files.address, "utf8"));
  const key: Credentials = JSON.parse(readFileSync(files.spacesKey, "utf8"));
  const s3 = new S3Client({
    endpoint: spaces.proxy,
    region: "fra1",
    forcePathStyle: true,
    maxAttempts: 1,
    responseChecksumValidation: "WHEN_REQUIRED",
    credentials: key,
  });
  t.after(() => s3.destroy());
  const peak = () =>
    Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) / 1024;
  return { process: child, s3, endpoint: spaces.proxy, key, peak };
}

async function kill({ process }: Running): Promise<void> {
  const gone = once(process, "exit");
  process.kill("SIGKILL");
  await gone;
}

const sum = (body: Uint8Array) => createHash("sha256").update(body).digest("hex");

test("what was acknowledged survives kill -9 in the middle of uploads, and nothing else is left over", async (t) => {
  const home = temporaryFolder(t);
  let running = await start(t, home);
  await running.s3.send(new CreateBucketCommand({ Bucket }));
  const acknowledged = new Map<string, string | undefined>();
  for (let round = 0; round < 3; round++) {
    const before = acknowledged.size;
    const { s3 } = running;
    const enough = Promise.withResolvers<void>();
    const writer = async (name: string) => {
      for (let at = 0; ; at++) {
        const body = randomBytes(1 + (at % 5) * 100_000);
        const Key = `${round}/${name}/${at % 20}`;
        acknowledged.delete(Key); // from here on either content is right
        await s3.send(new PutObjectCommand({ Bucket, Key, Body: body }));
        acknowledged.set(Key, sum(body));
        if (acknowledged.size >= before + 40) enough.resolve();
        if (at % 7 !== 6) continue;
        acknowledged.delete(Key);
        await s3.send(new DeleteObjectCommand({ Bucket, Key }));
        acknowledged.set(Key, undefined);
      }
    };
    const writers = Promise.allSettled(["a", "b", "c"].map(writer));
    await enough.promise;
    await kill(running);
    await writers;
    running = await start(t, home);
    for (const [Key, expected] of acknowledged) {
      const found = await running.s3.send(new GetObjectCommand({ Bucket, Key })).then(
        async ({ Body }) => sum((await Body?.transformToByteArray()) ?? new Uint8Array()),
        (error: unknown) => {
          assert.ok(error instanceof Error && error.name === "NoSuchKey", String(error));
        },
      );
      assert.equal(found, expected, Key);
    }
  }
  const listed = await running.s3.send(new ListObjectsV2Command({ Bucket }));
  assert.equal(
    readdirSync(homeOf(home).spaces).length,
    listed.Contents?.filter(({ Size }) => Size !== undefined).length,
    "each file on the disk belongs to an object",
  );
});

test("a file that nobody knows is removed at the start, one that is known stays", async (t) => {
  const home = temporaryFolder(t);
  const first = await start(t, home);
  await first.s3.send(new CreateBucketCommand({ Bucket }));
  await first.s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "kept" }));
  await kill(first);
  writeFileSync(join(homeOf(home).spaces, "stray.part"), "half of something");
  const { s3 } = await start(t, home);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: "k" }));
  assert.equal(await Body?.transformToString(), "kept");
  assert.equal(readdirSync(homeOf(home).spaces).length, 1);
});

test("a new account has no buckets and no content, and the same key", async (t) => {
  const home = temporaryFolder(t);
  const cloud = await startCloud({ home, port: 0 });
  t.after(() => cloud.close());
  const s3 = new S3Client({
    endpoint: cloud.spaces.proxy,
    region: "fra1",
    forcePathStyle: true,
    credentials: cloud.spacesKey,
  });
  t.after(() => s3.destroy());
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
  assert.equal((await new Client(cloud).post("/_local/reset")).status, 204);
  assert.deepEqual((await s3.send(new ListBucketsCommand({}))).Buckets ?? [], []);
  assert.deepEqual(readdirSync(homeOf(home).spaces), []);
});

/** Sends an object without the checksums of AWS' client, which take longer than all else. */
function upload(
  { endpoint, key }: Running,
  name: string,
  size: number,
  body: Iterable<Buffer>,
): Promise<void> {
  const url = new URL(`/${Bucket}/${name}`, endpoint);
  const signable = { method: "PUT", path: url.pathname, query: "", headers: { host: url.host } };
  const headers = { ...signed(signable, key, UNSIGNED_PAYLOAD, "fra1", Date.now()), "content-length": size };
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: "PUT", headers }, (answer) => {
      answer.resume();
      if (answer.statusCode === 200) resolve();
      else reject(new Error(`the upload was answered with ${answer.statusCode}`));
    });
    pipeline(Readable.from(body), outgoing).catch(reject);
  });
}

/** MiB. BREAKWATER_LARGE_OBJECT=1024 sends a whole gigabyte. */
const LARGE = Number(process.env.BREAKWATER_LARGE_OBJECT ?? 256);
/** MiB that the process may grow by while a large object goes through it, whatever its size. */
const GROWTH = 120;

test(`an object of ${LARGE} MiB passes through without staying in memory, and others are answered meanwhile`, async (t) => {
  const running = await start(t, temporaryFolder(t));
  const { s3 } = running;
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutObjectCommand({ Bucket, Key: "small", Body: "x" }));
  const before = running.peak();
  const piece = randomBytes(1024 * 1024);
  const hash = createHash("sha256");
  function* content() {
    for (let at = 0; at < LARGE; at++) {
      hash.update(piece);
      yield piece;
    }
  }
  let answered = 0;
  const whileUnderWay = async (work: Promise<unknown>) => {
    let done = false;
    const ended = work.finally(() => {
      done = true;
    });
    while (!done) {
      await s3.send(new HeadBucketCommand({ Bucket }));
      answered++;
    }
    return ended;
  };
  await whileUnderWay(upload(running, "large", LARGE * piece.length, content()));
  const read = createHash("sha256");
  await whileUnderWay(
    (async () => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: "large" }));
      assert.ok(Body instanceof Readable);
      for await (const chunk of Body) read.update(chunk);
    })(),
  );
  assert.equal(read.digest("hex"), hash.digest("hex"));
  assert.ok(answered > 20, `${answered} other requests were answered`);
  assert.ok(running.peak() - before < GROWTH, `grew from ${before} to ${running.peak()} MiB`);
});
