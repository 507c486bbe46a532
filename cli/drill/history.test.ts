import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, verify } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { UserError } from "../errors.ts";
import { earlier, keep, seal, trendOf } from "./history.ts";

const drill = (rtoSeconds: number, status = "passed") => ({
  at: "2026-11-24T10:00:00Z",
  status,
  rtoSeconds,
  rpoSeconds: 5,
  sha256: "of it",
});

test("a drill that took half as long again as usual is told, once there is a usual", () => {
  assert.equal(trendOf([drill(10), drill(10)], 100).slower, false);
  assert.equal(trendOf([drill(10), drill(10), drill(10)], 16).slower, true);
  assert.equal(trendOf([drill(10), drill(10), drill(10)], 14).slower, false);
  assert.equal(trendOf([drill(10), drill(10), drill(1, "failed")], 16).slower, false);
});

test("each report names the one before, and a signature is over its digest", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const report = { status: "passed" };
  const sealed = seal(report, "of the one before", key);
  const sha256 = createHash("sha256")
    .update('{"status":"passed","previous":"of the one before"}')
    .digest("hex");
  assert.equal(sealed.sha256, sha256);
  assert.ok(
    verify(null, Buffer.from(sha256), publicKey, Buffer.from(sealed.signature?.value ?? "", "base64")),
  );
  assert.equal(seal(report, undefined, "").signature, undefined);
  assert.notEqual(seal(report, "of another", "").sha256, sha256);
  assert.throws(() => seal(report, undefined, "no key"), UserError);
});

test("reports are kept and found again, oldest first; what isn't one is passed over", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "drills-"));
  t.after(() => rmSync(folder, { recursive: true }));
  assert.deepEqual(earlier(join(folder, "none")), []);
  const report = (decidedAt: string, rtoSeconds: number) =>
    JSON.stringify({
      decidedAt,
      status: "passed",
      measured: { rtoSeconds },
      integrity: { sha256: decidedAt },
    });
  for (const [time, seconds] of [
    ["2026-11-24T11:00:00.000Z", 2] as const,
    ["2026-11-24T10:00:00.000Z", 1] as const,
  ])
    keep(folder, time, { json: report(time, seconds), md: "" });
  writeFileSync(join(folder, "cut.json"), "{");
  assert.deepEqual(
    earlier(folder).map(({ rtoSeconds }) => rtoSeconds),
    [1, 2],
  );
});
