import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { contents } from "./account.ts";
import { type Checkout, checkout } from "./checkout.ts";

/** Creation takes this part of the time that it takes on the platform: long enough to be interrupted. */
const SCALE = "0.02";

/** Looks again and again until there is an answer. */
async function eventually<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await Promise.resolve()
      .then(look)
      .catch(() => undefined);
    if (found !== undefined) return found;
    await delay(10);
  }
}

interface Named {
  id: string;
  name: string;
}

for (const victim of ["the local cloud", "pulumi up"] as const)
  describe(`kill -9 of ${victim} in the middle of an up`, () => {
    let it: Checkout;
    before(async () => {
      it = await checkout({ BREAKWATER_TIME_SCALE: SCALE });
    });
    after(() => it.remove());

    const list = async (path: string, key: string) => {
      const { body } = await it.api("GET", path);
      return (body as Record<string, Named[]>)[key] ?? [];
    };

    test("nothing acknowledged is lost, and npm start converges", async () => {
      const first = it.npm("start");
      const creating = await eventually(async () => (await list("/v2/databases", "databases"))[0]);
      const acknowledged = await list("/v2/vpcs", "vpcs");
      const pid = victim === "pulumi up" ? pulumiPid(it) : it.cloudPid();
      process.kill(pid, "SIGKILL");
      const interrupted = await first;
      assert.notEqual(interrupted.code, 0, interrupted.output);

      const { code, output } = await it.npm("start");
      assert.equal(code, 0, output);
      const databases = await list("/v2/databases", "databases");
      assert.deepEqual(
        databases.map(({ id }) => id),
        [creating.id],
        output,
      );
      const vpcs = new Set((await list("/v2/vpcs", "vpcs")).map(({ id }) => id));
      for (const { id, name } of acknowledged) assert.ok(vpcs.has(id), `VPC ${name} is lost`);
      for (const [kind, names] of Object.entries(await contents(it)))
        assert.deepEqual(names, [...new Set(names)], `there are doubles among ${kind}`);

      const preview = await it.pulumi("preview", "--expect-no-changes");
      assert.equal(preview.code, 0, preview.output);
    });
  });

/** The engine's process, as its lock on the stack names it. */
function pulumiPid(it: Checkout): number {
  const folder = join(it.home, "pulumi", ".pulumi", "locks", "organization", "breakwater", "local");
  const [file] = readdirSync(folder);
  return JSON.parse(readFileSync(join(folder, file ?? ""), "utf8")).pid;
}
