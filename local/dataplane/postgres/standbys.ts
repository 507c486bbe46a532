import { setTimeout as delay } from "node:timers/promises";
import type { ServerSpec } from "../engine.ts";
import type { Archive } from "./archive.ts";
import { type Settings, settingsOf } from "./configuration.ts";
import { inside, SUPERUSER, socketName } from "./control.ts";
import type { PostgresNode } from "./node.ts";
import { setupOf } from "./node-files.ts";

export interface StandbysOptions {
  /** The node of a number, running or not. */
  node(number: number): PostgresNode;
  readonly archive: Archive;
  readonly primary: number;
  log(line: string): void;
  /** A standby ended by itself: `apply` brings it up again. */
  lost(): void;
}

const POLL = 50;
/** Milliseconds that a standby has to catch up by itself before it is made anew. */
const PATIENCE = 10_000;

/** How a server follows another: over its socket, and out of its archive what that has no longer. */
export const standbySettings = (primary: PostgresNode, archive: Archive, name: string): Settings => ({
  primary_conninfo: `host=${socketName(primary.folder)} port=${primary.port} user=${SUPERUSER} application_name=${name}`,
  restore_command: archive.restoreCommand,
});

/**
 * The nodes of a cluster beside its primary. A commit is acknowledged when one of them has it too, so that the one that
 * takes over has all that was acknowledged; while none follows, the primary goes on alone, as the platform's does.
 */
export class Standbys {
  readonly #options: StandbysOptions;
  readonly #nodes = new Map<number, PostgresNode>();
  readonly #running = new Map<number, PostgresNode>();
  #primary: number;

  constructor(options: StandbysOptions) {
    this.#options = options;
    this.#primary = options.primary;
  }

  node(number: number): PostgresNode {
    const node = this.#nodes.get(number) ?? this.#options.node(number);
    this.#nodes.set(number, node);
    return node;
  }

  /** Settings of the primary that follow from its standbys. */
  primarySettings(): Settings {
    const names = [...this.#running.keys()].map((number) => `"${number}"`);
    return { synchronous_standby_names: names.length > 0 ? `ANY 1 (${names.join(", ")})` : "" };
  }

  /** The standby that can take over. */
  heir(): { number: number; node: PostgresNode } | undefined {
    const [heir] = [...this.#running].filter(([, node]) => node.isRunning);
    return heir && { number: heir[0], node: heir[1] };
  }

  /** The standby of this number is the primary from now on. */
  succeed(number: number): void {
    this.#running.clear(); // the others follow the old one
    this.#primary = number;
  }

  /** Brings as many standbys up as the cluster is to have; done when each follows. */
  async apply(primary: PostgresNode, spec: ServerSpec): Promise<void> {
    const numbers = Array.from({ length: spec.nodes }, (_, index) => index + 1);
    const wanted = (
      numbers.includes(this.#primary) ? numbers : [this.#primary, ...numbers.slice(0, -1)]
    ).filter((number) => number !== this.#primary);
    for (const [number, node] of this.#running) {
      if (wanted.includes(number)) continue;
      this.#running.delete(number);
      await primary.change(this.#setup(primary, spec));
      await node.remove();
    }
    for (const number of wanted) await this.#bringUp(number, primary, spec);
    await primary.change(this.#setup(primary, spec));
  }

  async #bringUp(number: number, primary: PostgresNode, spec: ServerSpec): Promise<void> {
    const node = this.node(number);
    const setup = this.#setup(primary, spec, number);
    node.onCrash = () => void this.#lose(number, primary, spec);
    if (node.isRunning) await node.change(setup);
    else {
      await node.stop(); // what a killed cloud left
      // Data that do not follow are those of a primary that was succeeded: their last commits were acknowledged to nobody.
      if (!node.hasData || !node.isStandby) await node.copyFrom(primary);
      await node.serve(setup);
    }
    if (!(await follows(number, primary))) {
      this.#options.log(`standby ${number} does not catch up: it is made anew`);
      await node.copyFrom(primary);
      await node.serve(setup);
      await follows(number, primary);
    }
    this.#running.set(number, node);
  }

  /** A standby is gone: at once the primary stops waiting for it, whatever else is under way. */
  async #lose(number: number, primary: PostgresNode, spec: ServerSpec): Promise<void> {
    this.#running.delete(number);
    this.#options.log(`standby ${number} ended unexpectedly`);
    if (!primary.isRunning) return;
    await primary.change(this.#setup(primary, spec)).catch(() => {}); // it ended as well: then it is recovered
    this.#options.lost();
  }

  #setup(primary: PostgresNode, spec: ServerSpec, standby?: number) {
    const { archive } = this.#options;
    const settings = { ...settingsOf(spec), archive_command: archive.archiveCommand };
    const own =
      standby === undefined ? this.primarySettings() : standbySettings(primary, archive, String(standby));
    return setupOf(spec, { ...settings, ...own });
  }

  stop(): Promise<void> {
    return this.#end((node) => node.stop());
  }

  /** Ends them at once: their data go. */
  quit(): Promise<void> {
    return this.#end((node) => node.quit());
  }

  async #end(end: (node: PostgresNode) => Promise<void>): Promise<void> {
    this.#running.clear();
    const standbys = [...this.#nodes].filter(([number]) => number !== this.#primary);
    await Promise.all(standbys.map(([, node]) => end(node)));
  }
}

async function follows(number: number, primary: PostgresNode): Promise<boolean> {
  const sql = "select from pg_stat_replication where application_name = $1 and state = 'streaming'";
  const deadline = Date.now() + PATIENCE;
  return inside(primary, async (client) => {
    for (;;) {
      const { rowCount } = await client.query(sql, [String(number)]);
      if (rowCount || Date.now() > deadline) return rowCount === 1;
      await delay(POLL);
    }
  });
}
