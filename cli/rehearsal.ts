import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument, stringify } from "yaml";
import type { Needed, Rehearsal } from "../settings/rehearsal.ts";
import type { Api } from "./api.ts";
import { reason } from "./differences.ts";
import { UserError } from "./errors.ts";
import { home, policyPack, root } from "./places.ts";
import { capture } from "./process.ts";
import { openStack, type Stack } from "./stack.ts";

/** What a rehearsal is brought up with: a program folder of its own, in which its stack file can lie without being in anyone's way. */

/** Runs an engine's command to its good end. @throws UserError with the engine's reason, after its output went to stderr. */
export async function succeed(stack: Stack, args: string[]): Promise<string> {
  const { code, stdout, stderr } = await stack.capture(args);
  if (code === 0) return stdout;
  process.stderr.write(stdout + stderr);
  throw new UserError(`pulumi ${args[0]} ended with ${code}: ${reason(stdout + stderr)}`);
}

/** How each stack's secrets are encrypted: the same in every program that it is brought up with. */
const salts = new Map<string, Promise<string>>();

/** Makes a stack, once. That needs no cloud, so it can be done while one starts. Gives its salt. */
export function makeStack(name: string): Promise<string> {
  const made = salts.get(name) ?? init(name);
  salts.set(name, made);
  return made;
}

async function init(name: string): Promise<string> {
  const program = join(home, `empty-${name}`);
  mkdirSync(program, { recursive: true });
  copyFileSync(join(root, "Pulumi.yaml"), join(program, "Pulumi.yaml"));
  await succeed(await openStack(name, program), ["stack", "init", name]);
  const file = readFileSync(join(program, `Pulumi.${name}.yaml`), "utf8");
  return String(parseDocument(file).get("encryptionsalt"));
}

/**
 * @param folder name of the program folder in the state folder.
 * @param tree the checkout whose program and policies are used.
 */
export async function programOf(
  stackName: string,
  folder: string,
  tree: string,
  { config, secrets }: Rehearsal,
): Promise<Stack> {
  const encryptionsalt = await makeStack(stackName);
  const program = join(home, folder);
  mkdirSync(program, { recursive: true });
  const project = parseDocument(readFileSync(join(tree, "Pulumi.yaml"), "utf8"));
  project.set("main", join(tree, String(project.get("main") ?? "index.ts")));
  writeFileSync(join(program, "Pulumi.yaml"), project.toString());
  for (const name of [policyPack, "node_modules"]) symlinkSync(join(tree, name), join(program, name));
  writeFileSync(join(program, `Pulumi.${stackName}.yaml`), stringify({ encryptionsalt, config }));
  const stack = await openStack(stackName, program);
  if (secrets.size > 0) {
    const pairs = [...secrets].flatMap(([path, value]) => ["--secret", `${path}=${value}`]);
    await succeed(stack, ["config", "set-all", "--stack", stackName, "--path", ...pairs]);
  }
  return stack;
}

/** Makes what the settings take for there. */
export async function provide(api: Api, needs: Needed[]): Promise<void> {
  for (const [index, need] of needs.entries()) {
    if (need.kind === "zone") await post(api, "/v2/domains", { name: need.name });
    else {
      const made = await post(api, "/v2/vpcs", { name: `existing-${index}`, region: need.region });
      need.use(String((made as { vpc: { id: string } }).vpc.id));
    }
  }
}

async function post({ url, token }: Api, path: string, body: object): Promise<unknown> {
  const answer = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok)
    throw new UserError(
      `the local cloud answers POST ${path} with HTTP ${answer.status}: ${await answer.text()}`,
    );
  return answer.json();
}

/** The tree of an earlier commit, without touching the checkout. Its packages are today's. */
export async function treeOf(ref: string, checkout: string): Promise<string> {
  const git = (...args: string[]) => capture("git", args, { cwd: checkout });
  const { code, stdout } = await git(
    "rev-parse",
    "--verify",
    "--quiet",
    "--end-of-options",
    `${ref}^{commit}`,
  );
  if (code !== 0) throw new UserError(`--from is "${ref}": there is no such git ref`);
  const tree = join(home, "before");
  const archive = join(home, "before.tar");
  mkdirSync(tree);
  await mustRun("git", ["archive", "--format=tar", `--output=${archive}`, stdout.trim()], checkout);
  await mustRun("tar", ["-xf", archive, "-C", tree], checkout);
  symlinkSync(join(checkout, "node_modules"), join(tree, "node_modules"));
  return tree;
}

async function mustRun(program: string, args: string[], cwd: string): Promise<void> {
  const { code, stderr } = await capture(program, args, { cwd });
  if (code !== 0) throw new UserError(`${program} ${args[0]} failed: ${stderr.trim()}`);
}
