import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import * as z from "zod";
import { StartError } from "../../errors.ts";

const Workspace = z.strictObject({
  /** From the table's own. */
  folder: z.string(),
  /** What an image runs by itself; a spec's `run_command` wins. */
  command: z.string().optional(),
  /** Added to a component's variables. */
  env: z.record(z.string(), z.string()).default({}),
  /** Programs that the image brings and this machine may lack: names that `programs` of `runApps` knows. */
  programs: z.array(z.string()).default([]),
});

/** Where the code of an image or of a repository lies on this machine. */
export type Workspace = z.output<typeof Workspace>;

export type Workspaces = ReadonlyMap<string, Workspace>;

/**
 * The table of images and repositories, by name.
 * @throws StartError when the table can't be read or is wrong
 */
export function readWorkspaces(file: string): Workspaces {
  const refuse = (why: string) => new StartError(`${file} is no table of workspaces: ${why}.`);
  let table: unknown;
  try {
    table = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
  const { data, error } = z.record(z.string(), Workspace).safeParse(table);
  if (error) throw refuse(z.prettifyError(error).replaceAll("\n", " "));
  return new Map(
    Object.entries(data).map(([name, workspace]) => [
      name,
      { ...workspace, folder: resolve(dirname(file), workspace.folder) },
    ]),
  );
}

/**
 * The workspace of an image or repository, if its folder is there. Both are known by their address or by the end of it; an image by its tag
 * as well, or by any: `product-api:local` is the example product, and what a team has built under another tag is not.
 */
export function findWorkspace(workspaces: Workspaces, source: string): Workspace | undefined {
  const short =
    source
      .replace(/\.git$/, "")
      .split("/")
      .at(-1) ?? "";
  const names = [source, short].flatMap((name) => [name, name.replace(/:[^/:]+$/, "")]);
  const workspace = names.map((name) => workspaces.get(name)).find((found) => found !== undefined);
  return workspace && isFolder(workspace.folder) ? workspace : undefined;
}

/** `folder` below `root`, or undefined when it leads out of it or is not there. */
export function folderIn(root: string, folder: string): string | undefined {
  const path = resolve(root, `./${folder}`);
  return (path === root || path.startsWith(`${root}/`)) && isFolder(path) ? path : undefined;
}

export const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
