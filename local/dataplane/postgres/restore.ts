import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { constants, copyFile, open } from "node:fs/promises";
import { join } from "node:path";
import { giveToServers } from "../programs.ts";
import { RestoreError } from "./archive.ts";
import { fileOf } from "./configuration.ts";
import { beside, digestOf, together } from "./files.ts";
import { damaged, type ListedFile, MANIFEST, readManifest } from "./manifest.ts";
import { PostgresError, type PostgresNode } from "./node.ts";
import type { NodeSetup } from "./node-files.ts";
import { type Plan, utc } from "./plan.ts";
import { parseLsn } from "./wal.ts";

/** Files that are copied at a time. */
const BESIDE = 4;
const LARGE = 4 * 1024 * 1024;

/**
 * Makes the data of an empty node those of the plan, on a timeline of their own; done when it takes connections. Nothing is left of one that fails.
 * @param archived resolves when the log up to the plan's end is in the archive
 * @throws RestoreError that names what is missing or damaged, or what could be restored instead
 */
export async function restore(
  plan: Plan,
  node: PostgresNode,
  setup: NodeSetup,
  archived: Promise<void> = Promise.resolve(),
): Promise<void> {
  try {
    const draft = node.draft();
    await copyBackup(plan, draft, archived);
    prepareRecovery(plan, draft, plan.archive.recoveryCommand);
    node.adopt(draft);
    await node.serve(setup);
    put(join(node.data, AUTO), ""); // nothing of the recovery is left for the next start
  } catch (error) {
    const failure = error instanceof PostgresError ? recoveryError(error.message, node.log, plan.at) : error;
    await node.remove();
    throw failure;
  }
}

/** Copies the files of a backup while each is held against its manifest, and lays the log ready that the recovery will read. */
async function copyBackup(
  { backup, data, archive, at }: Plan,
  target: string,
  archived: Promise<void>,
): Promise<void> {
  const files = readManifest(readFileSync(join(data, MANIFEST)));
  const { startLsn, segmentBytes, endedAt } = backup;
  const layOut = () =>
    archive.layOut(join(target, "pg_wal"), parseLsn(startLsn), BigInt(segmentBytes), at ?? endedAt);
  await together([archived.then(layOut), copyFiles(files, data, target)]);
}

async function copyFiles(files: readonly ListedFile[], from: string, to: string): Promise<void> {
  for (const folder of foldersIn(from)) {
    mkdirSync(join(to, folder), { recursive: true, mode: 0o700 });
    giveToServers(join(to, folder));
  }
  await beside(BESIDE, files, async ({ path, bytes, digest }) => {
    const [source, copy] = [join(from, path), join(to, path)];
    if (!existsSync(source)) throw damaged(path);
    const digesting = digestOf(source);
    await together([digesting, copyOut(source, copy, bytes)]);
    if ((await digesting) !== digest) throw damaged(path);
    giveToServers(copy);
  });
}

/** The system copies, where it can without copying. A large file is also written out: the server would wait for that at its start. */
async function copyOut(from: string, to: string, bytes: number): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  if (bytes < LARGE) return;
  const file = await open(to, "r+");
  try {
    await file.datasync();
  } finally {
    await file.close();
  }
}

function foldersIn(root: string): string[] {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}

/** Makes the server on these data recover to the plan's end, and then be one of its own. */
export function prepareRecovery({ at }: Plan, data: string, restoreCommand: string): void {
  const settings = {
    restore_command: restoreCommand,
    recovery_target_timeline: "latest",
    recovery_target_action: "promote",
    // Takes nobody before it is there; a server that lets readers in would also mind settings of its source.
    hot_standby: "off",
    ...(at === undefined
      ? { recovery_target: "immediate" }
      : { recovery_target_time: utc(at).replace("Z", "+00"), recovery_target_inclusive: "on" }),
  };
  put(join(data, "recovery.signal"), "");
  put(join(data, AUTO), fileOf(settings));
}

const AUTO = "postgresql.auto.conf";

function put(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o600 });
  giveToServers(path);
}

/** PostgreSQL's own words for "there is no such state", in ours. */
function recoveryError(reason: string, log: string, at: number | undefined): Error {
  if (!reason.includes("recovery ended before configured recovery target was reached"))
    return new RestoreError(`the recovery failed: ${reason}`);
  const last = [...log.matchAll(/last completed transaction was at log time (\S+ \S+)/g)].at(-1)?.[1];
  const until = last ? `: the last time that can be restored is ${last.replace(" ", "T")}Z` : "";
  return new RestoreError(
    `${at === undefined ? "the backup's end" : utc(at)} is after the end of the archived log${until}`,
  );
}
