/** A stack on the real engine, for one test: its program, the commands on it, and its state. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { Cloud } from "./cloud.ts";
import { pathOf, type Side, side } from "./sides.ts";

export interface Result {
  readonly code: number;
  /** Standard output and error, without what the engine says about plugins on the PATH. */
  readonly output: string;
}

/** A step of a preview. */
export interface Step {
  readonly op: string;
  readonly name: string;
  /** The changed properties by path, each with add, update or delete, and -replace behind it where it replaces. */
  readonly changes: Readonly<Record<string, string>>;
}

/** A resource as the state has it; `secret` wraps what is encrypted there. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id: string;
  readonly inputs: Record<string, unknown>;
  readonly outputs: Record<string, unknown>;
  readonly initErrors?: readonly string[];
  readonly dependencies?: readonly string[];
}

export class Secret {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

const modules = fileURLToPath(new URL("../../node_modules", import.meta.url));
const imports = {
  pulumi: "@pulumi/pulumi",
  digitalocean: "@pulumi/digitalocean",
  random: "@pulumi/random",
  command: "@pulumi/command",
};

export class Stack {
  readonly folder: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #cloud: Cloud | undefined;

  constructor(folder: string, cloud: Cloud | undefined, env: NodeJS.ProcessEnv) {
    this.folder = folder;
    this.#cloud = cloud;
    this.#env = env;
  }

  /** Writes the program: `body` may use pulumi, digitalocean, random, command, and `cloud`, options with a provider. */
  program(body: string): void {
    const used = Object.entries(imports).filter(
      ([name]) => new RegExp(`\\b${name}\\.`).test(body) || name === "pulumi",
    );
    const needsCloud = /\bcloud\b/.test(body);
    const lines = used.map(([name, module]) => `import * as ${name} from "${module}";`);
    if (needsCloud) {
      lines.push('import { Provider } from "@pulumi/digitalocean";');
      const args = `{ apiEndpoint: process.env.CLOUD_URL, token: pulumi.secret(process.env.CLOUD_TOKEN) }`;
      lines.push(`const cloud = { provider: new Provider("cloud", ${args}) };`);
    }
    writeFileSync(join(this.folder, "main.js"), `${[...lines, body].join("\n")}\n`);
  }

  /** Runs a command whatever comes of it. */
  async attempt(args: readonly string[], env: NodeJS.ProcessEnv = {}, which: Side = side): Promise<Result> {
    const merged = {
      ...this.#env,
      ...(this.#cloud && { CLOUD_URL: this.#cloud.url, CLOUD_TOKEN: this.#cloud.token }),
      PATH: pathOf(which),
      ...env,
    };
    return new Promise((resolve) => {
      const options = { cwd: this.folder, env: merged, maxBuffer: 64 * 1024 * 1024, timeout: 180_000 };
      const child = execFile(
        "pulumi",
        [...args, "--non-interactive", "--stack", "test"],
        options,
        (error, stdout, stderr) => {
          const lines = `${stdout}${stderr}`
            .split("\n")
            .filter((line) => !/warning: using pulumi-\S+ from \$PATH/.test(line));
          const code = error ? (typeof error.code === "number" ? error.code : 255) : 0;
          resolve({ code, output: lines.join("\n") });
        },
      );
      child.stdin?.end();
    });
  }

  /** Runs a command that must succeed. */
  async run(args: readonly string[], env?: NodeJS.ProcessEnv, which?: Side): Promise<string> {
    const { code, output } = await this.attempt(args, env, which);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")}: exit code ${code}\n${output}`);
    return output;
  }

  up = (...args: string[]): Promise<string> => this.run(["up", "--yes", "--skip-preview", ...args]);
  tryUp = (...args: string[]): Promise<Result> => this.attempt(["up", "--yes", "--skip-preview", ...args]);
  refresh = (...args: string[]): Promise<string> => this.run(["refresh", "--yes", "--skip-preview", ...args]);
  destroy = (...args: string[]): Promise<string> => this.run(["destroy", "--yes", "--skip-preview", ...args]);

  /** The steps of a preview that change a resource. */
  async preview(which?: Side): Promise<Step[]> {
    const output = await this.run(["preview", "--json"], {}, which);
    const { steps = [] }: { steps?: PreviewStep[] } = JSON.parse(output.slice(output.indexOf("{")));
    return steps
      .filter(({ op, urn }) => op !== "same" && !urn.split("::")[2]?.startsWith("pulumi:"))
      .map(({ op, urn, detailedDiff }) => ({
        op,
        name: nameOf(urn),
        changes: Object.fromEntries(
          Object.entries(detailedDiff ?? {}).map(([path, { kind }]) => [path, kind]),
        ),
      }));
  }

  async state(): Promise<StateResource[]> {
    const exported: { deployment: { resources?: StateResource[] } } = JSON.parse(
      await this.run(["stack", "export", "--show-secrets"]),
    );
    return (exported.deployment.resources ?? []).map((resource) => ({
      ...resource,
      inputs: opened(resource.inputs ?? {}),
      outputs: opened(resource.outputs ?? {}),
    }));
  }

  /** The resource of that name. */
  async resource(name: string): Promise<StateResource> {
    const all = await this.state();
    const found = all.find(({ urn, type }) => nameOf(urn) === name && !type.startsWith("pulumi:providers:"));
    if (!found)
      throw new Error(`${name} is not in the state: ${all.map(({ urn }) => nameOf(urn)).join(", ")}`);
    return found;
  }

  async outputs(): Promise<Record<string, unknown>> {
    return JSON.parse(await this.run(["stack", "output", "--json", "--show-secrets"]));
  }

  /** The state file as it lies on the disk. */
  stored(): string {
    return readFileSync(join(this.folder, "state/.pulumi/stacks/conformance/test.json"), "utf8");
  }
}

interface PreviewStep {
  readonly op: string;
  readonly urn: string;
  readonly detailedDiff?: Readonly<Record<string, { readonly kind: string }>> | null;
}

const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");

function opened<T>(value: T): T;
function opened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => opened(one));
  if (typeof value !== "object" || value === null) return value;
  if ("4dabf18193072939515e22adb298388d" in value && "plaintext" in value) {
    return new Secret(opened(JSON.parse(String(value.plaintext))));
  }
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, opened(one)]));
}

/** A fresh stack that is gone after the test. */
export async function stackFor(t: TestContext, cloud?: Cloud, env: NodeJS.ProcessEnv = {}): Promise<Stack> {
  const folder = mkdtempSync(join(tmpdir(), "conformance-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "state"));
  symlinkSync(modules, join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(
    join(folder, "Pulumi.yaml"),
    "name: conformance\nmain: main.js\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
  );
  const { DIGITALOCEAN_API_URL: _url, DIGITALOCEAN_TOKEN: _token, ...inherited } = process.env;
  const stack = new Stack(folder, cloud, {
    ...inherited,
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "conformance",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    NO_COLOR: "1",
    ...env,
  });
  await stack.run(["stack", "init"]);
  return stack;
}
