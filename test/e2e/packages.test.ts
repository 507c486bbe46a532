import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parse } from "yaml";
import { capture, type Finished } from "../../cli/process.ts";
import manifest from "../../package.json" with { type: "json" };
import { cloudForTests } from "../conformance/cloud.ts";
import { pathOf, side } from "../conformance/sides.ts";
import { type Checkout, checkout } from "./checkout.ts";

/** The two packages as someone else gets them: packed, installed beside a program outside this repository, and used. */

const original = join(import.meta.dirname, "..", "..");
const names = ["components", "policies"];
const cloud = await cloudForTests();

interface Tarball {
  filename: string;
  name: string;
  version: string;
  files: { path: string }[];
}

describe("the packed packages", () => {
  let it: Checkout;
  let outside: string;
  let tarballs: Tarball[];

  /** Runs a program in the folder outside. */
  const run = (program: string, ...args: string[]): Promise<Finished> =>
    capture(program, args, {
      cwd: outside,
      env: {
        HOME: process.env.HOME,
        PATH: pathOf(side),
        PULUMI_HOME: join(outside, ".pulumi-home"),
        PULUMI_BACKEND_URL: `file://${join(outside, ".state")}`,
        PULUMI_CONFIG_PASSPHRASE: "of this test",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        DIGITALOCEAN_API_URL: cloud.url,
        DIGITALOCEAN_TOKEN: cloud.token,
        NO_COLOR: "1",
      },
    });
  const succeeds = async (program: string, ...args: string[]) => {
    const { code, stdout, stderr } = await run(program, ...args);
    assert.equal(code, 0, `${program} ${args.join(" ")}\n${stdout}${stderr}`);
    return stdout;
  };
  const write = (file: string, text: string) => writeFileSync(join(outside, file), text);
  const compile = () => run(join(original, "node_modules", ".bin", "tsc"), "-p", ".");
  const preview = () => run("pulumi", "preview", "--policy-pack", "node_modules/@breakwater/policies");

  before(async () => {
    outside = mkdtempSync(join(tmpdir(), "breakwater outside-"));
    mkdirSync(join(outside, ".state"));
    it = await checkout();
    for (const name of names) {
      // What an earlier build has left must not get into a package.
      mkdirSync(join(it.root, name, "dist"));
      writeFileSync(join(it.root, name, "dist", "left-over.js"), "");
    }
    const workspaces = names.flatMap((name) => ["--workspace", name]);
    const pack = ["pack", "--json", "--ignore-scripts=false", "--pack-destination", outside, ...workspaces];
    const packed = await it.npm(...pack);
    assert.equal(packed.code, 0, packed.output);
    const listed: Tarball[] | Record<string, Tarball> = JSON.parse(
      packed.stdout.slice(packed.stdout.search(/^[[{]/m)),
    );
    tarballs = Object.values(listed); // npm 12 lists them by name

    write(
      "Pulumi.yaml",
      "name: outside\nmain: index.ts\nruntime: { name: nodejs, options: { typescript: false } }\n",
    );
    // With the versions of this repository's lock file, whose packages npm has in its cache.
    const needed = ["@pulumi/pulumi", "@pulumi/digitalocean", "@pulumi/random", "@types/node"];
    const { dependencies, devDependencies } = manifest;
    const versions = Object.entries({ ...dependencies, ...devDependencies });
    const own = {
      type: "module",
      dependencies: Object.fromEntries(versions.filter(([name]) => needed.includes(name))),
    };
    write("package.json", JSON.stringify(own));
    const lock = JSON.parse(readFileSync(join(original, "package-lock.json"), "utf8"));
    const locked = Object.entries<object>(lock.packages).filter(
      ([path, entry]) => path.startsWith("node_modules/") && !("link" in entry),
    );
    write(
      "package-lock.json",
      JSON.stringify({ ...lock, packages: { "": own, ...Object.fromEntries(locked) } }),
    );
    await succeeds(
      "npm",
      ...["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"],
      ...tarballs.map(({ filename }) => `./${filename}`),
    );
    const options = { module: "nodenext", target: "es2024", strict: true, noEmit: true, skipLibCheck: true };
    write("tsconfig.json", JSON.stringify({ compilerOptions: options, include: ["*.ts"] }));
    await succeeds("pulumi", "stack", "init", "try");
  });
  after(async () => {
    await it.remove();
    rmSync(outside, { recursive: true, force: true });
  });

  test("have JavaScript and types, no TypeScript, no tests, nothing left over", () => {
    for (const { name, files } of tarballs) {
      const paths = files.map(({ path }) => path);
      for (const needed of ["LICENSE", "README.md", "package.json", "dist/index.js", "dist/index.d.ts"])
        assert.ok(paths.includes(needed), `${name} lacks ${needed}`);
      const odd = paths.filter((path) => /(?<!\.d)\.ts$|test|left-over|tsconfig/.test(path));
      assert.deepEqual(odd, [], name);
    }
  });

  test("say what they are, and depend on nothing of this workspace", () => {
    const versions = tarballs.map(({ version }) => version);
    for (const { name } of tarballs) {
      const packed = JSON.parse(readFileSync(join(outside, "node_modules", name, "package.json"), "utf8"));
      assert.equal(packed.private, undefined);
      assert.equal(packed.license, "Apache-2.0");
      const all = Object.entries({ ...packed.dependencies, ...packed.peerDependencies });
      assert.ok(all.length > 0);
      for (const [dependency, range] of all) {
        assert.match(dependency, /^@pulumi\//);
        assert.match(String(range), /^\^\d+\.\d+\.\d+$/);
      }
    }
    const pack = join(outside, "node_modules", "@breakwater", "policies", "PulumiPolicy.yaml");
    assert.equal(parse(readFileSync(pack, "utf8")).version, versions[1]);
  });

  test("the README's program type-checks against them, and a wrong argument does not", async () => {
    const readme = readFileSync(join(original, "components", "README.md"), "utf8");
    const program = /^```ts\n(.*?)^```$/ms.exec(readme)?.[1] ?? assert.fail("the README has no program");
    write("index.ts", program);
    assert.deepEqual(await compile(), { code: 0, stdout: "", stderr: "" });
    write("index.ts", program.replace("nodeCount: 1", 'nodeCount: "one"'));
    const wrong = await compile();
    assert.equal(wrong.code, 2);
    assert.match(wrong.stdout, /'string' is not assignable to type 'number'/);
    write("index.ts", program);
  });

  test("its preview passes the packed policies", async () => {
    const { code, stdout, stderr } = await preview();
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /breakwater@v\d+\.\d+\.\d+ \(local: node_modules\/@breakwater\/policies\)/);
    assert.match(stdout, /digitalocean:index:DatabaseCluster +postgres-cluster/);
  });

  test("what is unsafe is refused by the packed policies", async () => {
    const program = readFileSync(join(outside, "index.ts"), "utf8");
    const bare = `new digitalocean.DatabaseCluster("bare", { engine: "pg", version: "17", nodeCount: 1, region, size: "db-s-1vcpu-2gb" }, { provider: providers[0] });`;
    write("index.ts", `${program}\n${bare}\n`);
    const { code, stdout, stderr } = await preview();
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /\[mandatory\].*DatabaseCluster: bare/);
  });

  test("a CommonJS program can require the components", async () => {
    const names = 'console.log(Object.keys(require("@breakwater/components")).join())';
    assert.match(await succeeds("node", "--no-warnings", "-e", names), /\bNetwork\b.*\bPostgres\b/);
  });
});
