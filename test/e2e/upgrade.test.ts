import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { checkout } from "./checkout.ts";
import { change } from "./settings.ts";

/**
 * Stacks that earlier releases have left (test/fixtures/record.ts), with the clouds that they describe, in the hands of this
 * release: nothing may be replaced or deleted, and `npm start` brings them to where it would bring a new one.
 */
const folder = join(import.meta.dirname, "..", "fixtures");
const releases = readdirSync(folder).filter((file) => file.endsWith(".json.gz"));

test("each release has left a stack of either compute", () => {
  assert.ok(releases.length >= 2 && releases.length % 2 === 0, releases.join());
});

for (const release of releases)
  test(`what ${release.replace(".json.gz", "")} has left is kept`, async (t) => {
    const it = await checkout();
    t.after(() => it.remove());
    change(it.root, ["compute"], release.includes("-droplets") ? "droplets" : "app-platform");
    const files: Record<string, string> = JSON.parse(
      gunzipSync(readFileSync(join(folder, release))).toString(),
    );
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(dirname(join(it.home, file)), { recursive: true, mode: 0o700 });
      writeFileSync(join(it.home, file), Buffer.from(content, "base64"), { mode: 0o600 });
    }
    const { code, stdout, output } = await it.pulumi("preview", "--json");
    assert.equal(code, 0, output);
    const plan: { steps: { op: string; urn: string }[]; changeSummary: Record<string, number> } = JSON.parse(
      stdout.slice(stdout.indexOf("{")),
    );
    assert.ok((plan.changeSummary.same ?? 0) > 40, output);
    // A pool of droplets holds nothing: another variable, such as an address of this cloud, is another pool. That is how it is updated.
    const kept = plan.steps.filter(({ urn }) => !urn.includes("DropletAutoscale::"));
    const lost = kept.filter(({ op }) => !["same", "update", "create", "read"].includes(op));
    assert.deepEqual(lost, [], "these would be lost");
    const start = await it.npm("start");
    assert.equal(start.code, 0, start.output);
    const after = await it.pulumi("preview", "--expect-no-changes");
    assert.equal(after.code, 0, after.output);
  });
