import { pathToFileURL } from "node:url";
import { options } from "./arguments.ts";
import { UserError } from "./errors.ts";
import { at } from "./json.ts";
import { stateFolder } from "./places.ts";
import { say } from "./progress.ts";
import { destination, publish, reportOptions } from "./report.ts";
import { stackFile } from "./settings.ts";
import { isLocal } from "./stack.ts";
import { atWork } from "./state.ts";
import { rebuild } from "./versions/rebuild.ts";
import { openStore, type Store } from "./versions/store.ts";
import { currentOf, keysOf, type Version, versionsOf } from "./versions/versions.ts";

const changes = { restore: { type: "string" }, rebuild: { type: "boolean", default: false } } as const;

/**
 * `npm run state -- --stack S`: the versions of the stack's state that its backend has, none of them touched. With `--restore VERSION`
 * that one becomes the state again; the one that it replaces is kept among Pulumi's backups. With `--rebuild` a state that is lost is
 * made anew of what exists. Nothing at DigitalOcean changes by either.
 */
export async function run(args: string[]): Promise<number> {
  const given = options("run state", args, { ...reportOptions, ...changes });
  const to = destination(given);
  stackFile(given.stack); // a stack that there is not is told before a backend is asked
  const url = isLocal(given.stack) ? pathToFileURL(stateFolder).href : process.env.PULUMI_BACKEND_URL;
  const store = await openStore(url);
  try {
    if (given.rebuild) await rebuildIn(store, given.stack);
    else if (given.restore !== undefined) await restore(store, given.stack, given.restore);
    else publish(await listing(store, given.stack), to);
    return 0;
  } finally {
    store.close();
  }
}

async function listing(store: Store, stack: string) {
  const [current, versions] = [await currentOf(store, stack), await versionsOf(store, stack)];
  const whole = current && current.resources === undefined ? "damaged" : "whole";
  const told = ({ id, savedAt, resources, pending }: Version) => ({ id, savedAt, resources, pending });
  const data = {
    stack,
    status: current ? whole : "lost",
    current: current && told(current),
    versions: versions.map((version) => ({ ...told(version), current: version.text === current?.text })),
  };
  return {
    title: `State of stack ${stack}: ${current ? wordsOf(current) : "lost"}`,
    data,
    blocks: [
      {
        columns: ["version", "saved at", "resources", "unfinished operations", ""],
        rows: data.versions.map((version) => [
          version.id,
          version.savedAt ?? "",
          version.resources === undefined ? "damaged" : String(version.resources),
          String(version.pending),
          version.current ? "the state now" : "",
        ]),
        numbers: ["resources", "unfinished operations"],
      },
    ],
  };
}

const wordsOf = ({ resources, savedAt }: Version) =>
  resources === undefined ? "damaged" : `${resources} resources, saved at ${savedAt}`;

async function restore(store: Store, stack: string, id: string): Promise<void> {
  const versions = await versionsOf(store, stack);
  const version = versions.find((each) => each.id === id);
  if (!version)
    throw new UserError(
      `--restore is "${id}": the state of stack ${stack} has ${versions.map((each) => each.id).join(", ") || "no versions"}`,
    );
  if (version.resources === undefined)
    throw new UserError(`version ${id} is damaged as well: take another one`);
  await mustBeFree(store, stack);
  const keys = keysOf(stack);
  const current = await currentOf(store, stack);
  if (current?.text === version.text) {
    say(`Version ${id} is the state of stack ${stack} already`);
    return;
  }
  if (current) await store.write(keys.backup(`${Date.now()}000000`), current.text);
  await store.write(keys.current, version.text);
  say(`The state of stack ${stack} is version ${id} again: ${wordsOf(version)}`);
  if (current) say(`What it replaces (${wordsOf(current)}) is kept in ${keys.backup("...")}`);
  say(`Now see what differs from it: npm run drift -- --stack ${stack}`);
}

/** @throws UserError when there is a state: putting another version back comes first, and is better. */
async function rebuildIn(store: Store, stack: string): Promise<void> {
  await mustBeFree(store, stack);
  const current = await currentOf(store, stack);
  if (current?.resources)
    throw new UserError(
      `stack ${stack} has a state with ${current.resources} resources: --rebuild is for one that is lost`,
    );
  const whole = (await versionsOf(store, stack)).find(({ resources }) => resources);
  if (whole)
    throw new UserError(
      `the state of stack ${stack} has a version that is whole: --restore ${whole.id} brings it back, with the secrets that it alone has`,
    );
  if (current && current.resources === undefined) {
    await store.write(keysOf(stack).backup(`${Date.now()}000000`), current.text);
    await store.remove(keysOf(stack).current);
  }
  await rebuild(stack);
}

/** @throws UserError when a command is at work, or was killed at it. */
async function mustBeFree(store: Store, stack: string): Promise<void> {
  if (isLocal(stack)) atWork(stack); // clears the locks of dead commands
  const [lock] = (await store.list(keysOf(stack).locks)).filter((key) => key.endsWith(".json"));
  if (!lock) return;
  const { username, hostname, pid } = lockIn(await store.read(lock));
  throw new UserError(
    `stack ${stack} is locked by ${username} on ${hostname} (process ${pid}): wait for that command; if it is dead: pulumi cancel --stack ${stack}`,
  );
}

function lockIn(text: string | undefined): Record<"username" | "hostname" | "pid", string> {
  const known = (key: string) => {
    try {
      return String(at(JSON.parse(text ?? ""), key));
    } catch {
      return "somebody";
    }
  };
  return { username: known("username"), hostname: known("hostname"), pid: known("pid") };
}
