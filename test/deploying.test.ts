import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import manifest from "../package.json" with { type: "json" };
import { workflow } from "./workflows/runner.ts";

/** docs/deploying.md against what is there. */

const root = join(import.meta.dirname, "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const page = read("docs/deploying.md");

/** Every command: what is indented as one, and what the text names. */
const commands = [
  ...page.split("\n").flatMap((line) => /^ {4}(\S.*)$/.exec(line)?.[1] ?? []),
  ...[...page.matchAll(/`((?:npm|pulumi|doctl|aws|gh|docker) [^`]+)`/g)].flatMap(
    ([, command]) => command ?? [],
  ),
];
const of = (program: string) => commands.filter((command) => command.startsWith(`${program} `));
const flags = (command: string) => [...command.matchAll(/ (--[a-z-]+)/g)].flatMap(([, flag]) => flag ?? []);

test("nothing but known programs is asked for", () => {
  assert.ok(commands.length > 25);
  const programs = new Set(commands.map((command) => command.split(" ")[0]));
  assert.deepEqual([...programs].sort(), ["aws", "docker", "doctl", "export", "gh", "npm", "pulumi"]);
});

test("every npm script exists and takes the options it is given", () => {
  for (const command of of("npm")) {
    const [, script = "", rest = ""] = /^npm run (?:--silent )?([\w:]+)(?: -- (.*))?$/.exec(command) ?? [];
    assert.ok(script in manifest.scripts, command);
    if (script === "pulumi" || rest === "") continue;
    const node = [join(root, "cli", "main.ts"), script.replace(":", "-"), "--no-such-option"];
    const said = attempt(process.execPath, ["--disable-warning=ExperimentalWarning", ...node]);
    const known = said.match(/--[a-z-]+/g) ?? [];
    for (const flag of flags(` ${rest}`)) assert.ok(known.slice(1).includes(flag), `${command}: ${said}`);
  }
});

test("every command of Pulumi exists and takes the options it is given", () => {
  const given = [
    ...of("pulumi"),
    ...of("npm").flatMap((command) => /-- (.*)/.exec(command.includes(" pulumi ") ? command : "")?.[1] ?? []),
  ];
  assert.ok(given.length > 6);
  for (const command of given) {
    const words = command.replace(/^pulumi /, "").split(" ");
    const verbs = words.slice(0, words[0] === "stack" || words[0] === "config" ? 2 : 1);
    const help = attempt("pulumi", [...verbs, "--help"]);
    // Help of a command that does not exist is that of the one above it. (`init` is another name for `new`.)
    const above = ["pulumi", ...verbs.slice(0, -1)].join(" ");
    assert.match(help, new RegExp(`^Usage:\\n +${above} [a-z]`, "m"), command);
    for (const flag of flags(` ${command}`)) assert.match(help, new RegExp(`${flag}\\b`), command);
  }
});

test("every file and page it names exists", () => {
  const named = [
    ...[...page.matchAll(/\]\(([\w-]+\.md)[^)]*\)/g)].map(([, file]) => `docs/${file}`),
    ...[...page.matchAll(/`((?:\.github|docs|test|cli|Pulumi)[\w./-]*\.\w+)`/g)].map(
      ([, file]) => file ?? "",
    ),
  ];
  assert.ok(named.length > 6);
  for (const file of named) assert.ok(existsSync(join(root, file)), file);
  for (const anchor of [...page.matchAll(/\]\(#([\w-]+)\)/g)].map(([, id]) => id))
    assert.match(page, new RegExp(`^## ${anchor?.replaceAll("-", " ")}$`, "im"));
});

test("environments, secrets and checks are those of the workflows", () => {
  const [deploy, drift, drill, pull] = ["deploy", "drift", "drill", "pull-request"].map((name) =>
    workflow(name),
  );
  const environments = Object.values(deploy?.jobs ?? {}).map(({ environment }) => environment ?? "");
  for (const name of environments) assert.match(page, new RegExp(`^\\| \`${name}\` \\|`, "m"));
  const used = [...JSON.stringify([deploy, drift, drill]).matchAll(/secrets\.(\w+)/g)].map(
    ([, name]) => name ?? "",
  );
  const [, section = ""] = /\| secret \| value \|\n(.*?)\n\n/s.exec(page) ?? [];
  const listed = [...section.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name ?? "");
  assert.deepEqual([...new Set(listed)].sort(), [...new Set(used)].sort());
  const { check, rehearse } = pull?.jobs ?? {};
  const names = [
    check?.name,
    ...["staging", "prod"].map((stack) => rehearse?.name.replace(/\$\{\{.*\}\}/, stack)),
  ];
  for (const name of names) assert.ok(page.includes(`\`${name}\``), name);
});

test("the token's scopes are those that the doctor asks for", () => {
  const [, section = ""] = /\| scopes \| for \|\n(.*?)\n\n/s.exec(page) ?? [];
  const cells = section.split("\n").map((line) => line.split("|")[1] ?? "");
  const listed = new Map(
    cells.flatMap((cell) =>
      [...cell.matchAll(/`(\w+)` ([\w ]+)/g)].map(([, area, actions]) => [area, actions?.trim()]),
    ),
  );
  const asked = [...read("cli/doctor/token.ts").matchAll(/^ {4}\[.*?, "(\w+)", "\/v2[^"]*", (.*)\],$/gm)];
  assert.ok(asked.length > 15);
  assert.deepEqual([...listed.keys()].sort(), [...new Set(asked.map(([, area]) => area))].sort());
  for (const [, area, actions = ""] of asked) {
    const wanted = actions.replace("...all", "all").replace(/^all$/, "[all]").match(/\w+/g) ?? [];
    const spelled = wanted.flatMap((action) =>
      action === "all" ? ["create", "read", "update", "delete"] : [action],
    );
    assert.deepEqual(listed.get(area)?.split(" ").sort(), spelled.sort(), area);
  }
});

/** What a program says, on both streams, however it ends. */
function attempt(program: string, args: string[]): string {
  try {
    return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    return stdout + stderr;
  }
}
