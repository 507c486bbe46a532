import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import manifest from "../package.json" with { type: "json" };

const folder = mkdtempSync(join(tmpdir(), "breakwater-plugins-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const home = join(folder, "home");
const pulumiHome = join(home, "pulumi-home");

/** What puts the plugins in place, where nothing can be downloaded: the names of the stand-ins. */
function standIns(userHome: string): string[] {
  const program = `import { plugins } from "./cli/plugins.ts"; console.log(JSON.stringify((await plugins("/engine/pulumi")).standIns));`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    cwd: join(import.meta.dirname, ".."),
    encoding: "utf8",
    env: {
      PATH: "/usr/bin:/bin",
      HOME: folder,
      XDG_CACHE_HOME: join(folder, "cache"),
      BREAKWATER_HOME: home,
      PULUMI_HOME: userHome,
    },
  });
  assert.equal(stderr, "");
  return JSON.parse(stdout);
}

/** An installed plugin of a user, as the engine lays it out. */
function install(userHome: string, name: string, version: string): void {
  const at = join(userHome, "plugins", `resource-${name}-v${version}`);
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, `pulumi-resource-${name}`), "#!/bin/sh\necho official\n", { mode: 0o755 });
}

const launcher = (name: string, version: string) =>
  join(pulumiHome, "plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`);

test("an installed plugin is used, a launcher of ours is not taken for one", () => {
  mkdirSync(join(folder, "cache", "breakwater", "plugins"), { recursive: true });
  writeFileSync(
    join(folder, "cache", "breakwater", "plugins", "unreachable-since"),
    String(Number.MAX_SAFE_INTEGER),
  );
  const random = manifest.dependencies["@pulumi/random"];
  const users = join(folder, "users");
  install(users, "random", random);

  const first = standIns(users);
  assert.ok(!first.includes("random"), String(first));
  assert.ok(first.includes("digitalocean"), String(first));
  assert.equal(spawnSync(launcher("random", random), { encoding: "utf8" }).stdout, "official\n");

  // As in a command that another one of ours has started: what it inherits is the folder of the launchers.
  const second = standIns(pulumiHome);
  assert.ok(second.includes("random"), String(second));
  assert.ok(second.includes("digitalocean"), String(second));
  assert.match(
    readFileSync(launcher("random", random), "utf8"),
    /local\/plugins\/bin\/pulumi-resource-random/,
  );
});
