import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { readEvents } from "../../../cli/events.ts";
import { capture, type Finished } from "../../../cli/process.ts";
import { type Finding, findingsOf, rules } from "../../../policies/report.ts";
import { pathOf, side } from "../../conformance/sides.ts";
import type { Scene } from "./scenes.ts";

/** Programs that know nothing of this project, previewed on the real engine with the policy pack, in a folder of the test's own. */

const root = join(import.meta.dirname, "..", "..", "..");

const attestation = { on: new Date().toISOString().slice(0, 10), by: "ops", evidence: "drills/last.json" };
export const settings = { "policies:attestations": { drill: attestation, dumps: attestation } };

export interface Previewed extends Finished {
  findings: Finding[];
  /** All that the engine tells whoever listens, as it was written. */
  events: string;
}

interface Circumstances {
  /** The stack's configuration. */
  config?: Record<string, unknown>;
  /** Folder of the policy pack. @default this project's */
  pack?: string;
  /** What `--policy-pack-config` names a file of. @default no such file */
  packConfig?: object;
}

export interface Engine {
  folder: string;
  run: (...args: string[]) => Promise<Finished>;
  /** Previews stack `prod` of the program in the folder. */
  preview: (given?: Circumstances) => Promise<Previewed>;
  /** The same, of a program that is nothing but these resources. */
  previewOf: (resources: Scene, outputs?: object, given?: Circumstances) => Promise<Previewed>;
}

/** @param program the program's entry, in JavaScript. */
export function engineFor(program: string): Engine {
  const folder = mkdtempSync(join(tmpdir(), "breakwater policies-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const run = (...args: string[]) => {
    const env = {
      HOME: process.env.HOME,
      PATH: pathOf(side),
      PULUMI_HOME: join(folder, ".pulumi-home"),
      PULUMI_BACKEND_URL: `file://${join(folder, ".state")}`,
      PULUMI_CONFIG_PASSPHRASE: "of this test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_DEBUG_COMMANDS: "true",
      DIGITALOCEAN_TOKEN: "of-nobody",
      DIGITALOCEAN_API_URL: "http://127.0.0.1:9",
      SPACES_ACCESS_KEY_ID: "of-nobody",
      SPACES_SECRET_ACCESS_KEY: "of-nobody",
      NO_COLOR: "1",
    };
    return capture("pulumi", args, { cwd: folder, env });
  };

  before(async () => {
    mkdirSync(join(folder, ".state"));
    for (const name of ["node_modules", "policies"]) symlinkSync(join(root, name), join(folder, name));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    writeFileSync(join(folder, "main.js"), program);
    writeFileSync(
      join(folder, "Pulumi.yaml"),
      "name: program\nmain: main.js\nruntime: { name: nodejs, options: { typescript: false } }\n",
    );
    const { code, stdout, stderr } = await run("stack", "init", "prod");
    assert.equal(code, 0, stdout + stderr);
  });

  async function preview({ config = settings, pack = "policies", packConfig }: Circumstances = {}) {
    const stackFile = join(folder, "Pulumi.prod.yaml");
    const salt = /^encryptionsalt: .*$/m.exec(readFileSync(stackFile, "utf8"))?.[0] ?? "";
    writeFileSync(stackFile, `${salt}\nconfig: ${JSON.stringify(config)}\n`);
    const log = join(folder, "events");
    const args = ["preview", "--stack", "prod", "--policy-pack", pack, "--event-log", log];
    if (packConfig) {
      writeFileSync(join(folder, "levels.json"), JSON.stringify(packConfig));
      args.push("--policy-pack-config", "levels.json");
    }
    const finished = await run(...args);
    const findings = findingsOf(readEvents(log), rules);
    const events = existsSync(log) ? readFileSync(log, "utf8") : "";
    rmSync(log, { force: true });
    return { ...finished, findings, events };
  }

  return {
    folder,
    run,
    preview,
    previewOf: (resources, outputs = {}, given = {}) => {
      writeFileSync(join(folder, "stack.json"), JSON.stringify({ resources, outputs }));
      return preview(given);
    },
  };
}
