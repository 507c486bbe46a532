import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { endLeftovers } from "../process.ts";
import { makePrivateFolder } from "../programs.ts";
import type { Made } from "./accounts.ts";
import { Archive } from "./archive.ts";
import { writeDurably } from "./files.ts";
import { MAJORS } from "./program.ts";

/** Which of the nodes is the primary, and its major version. It is written before a standby takes over. */
export interface State {
  readonly version: string;
  readonly primary: number;
}

/**
 * The folder of one cluster: `<version>/<node>/` of each node, `archive/<version>/`, `backups/`, and beside them what has to
 * survive the cloud.
 */
export class ClusterFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  node(version: string, number: number): string {
    return join(this.path, version, String(number));
  }

  archive(version: string): Archive {
    return new Archive(join(this.path, "archive", version));
  }

  get backups(): string {
    return join(this.path, "backups");
  }

  /** Makes the folders of a version. */
  prepare(version: string): void {
    for (const part of [".", version, "archive", join("archive", version)])
      makePrivateFolder(join(this.path, part));
  }

  /** Removes the nodes of other versions: what an upgrade was made from, or one that was interrupted. */
  async keepOnly(version: string): Promise<void> {
    for (const other of MAJORS.filter((major) => major !== version)) {
      const folder = join(this.path, other);
      await endLeftovers(folder, "SIGQUIT");
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Undefined as long as there are no data. */
  get state(): State | undefined {
    return this.#read("cluster.json");
  }

  set state(state: State) {
    this.#write("cluster.json", state);
  }

  /** There are to be no data any more. */
  forget(): void {
    rmSync(join(this.path, "cluster.json"), { force: true });
  }

  /** What the API has made in the cluster. */
  get made(): Made {
    return this.#read("made.json") ?? { users: [], databases: [] };
  }

  set made(made: Made) {
    this.#write("made.json", made);
  }

  /** Whether its data are being recovered: they are none until they are. */
  get isRecovering(): boolean {
    return existsSync(join(this.path, "recovering"));
  }

  set isRecovering(is: boolean) {
    if (is) writeFileSync(join(this.path, "recovering"), "");
    else rmSync(join(this.path, "recovering"), { force: true });
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }

  #read<T>(name: string): T | undefined {
    const file = join(this.path, name);
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
  }

  #write(name: string, content: unknown): void {
    writeDurably(join(this.path, name), JSON.stringify(content));
  }
}
