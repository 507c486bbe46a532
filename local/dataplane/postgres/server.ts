import type { Duplex } from "node:stream";
import type { Client } from "pg";
import { type DatabaseServer, DataGone, type Engine, type ServerSpec, type Site } from "../engine.ts";
import { Turns } from "../turns.ts";
import { applyAccounts, madeBy, verifierIn } from "./accounts.ts";
import type { Archive } from "./archive.ts";
import { Backups, type PostgresBackup } from "./backups.ts";
import { ClusterFolder } from "./cluster-folder.ts";
import { settingsOf } from "./configuration.ts";
import { inside } from "./control.ts";
import { finishLog, mustHaveBeen } from "./finish-log.ts";
import { PostgresError, PostgresNode } from "./node.ts";
import { setupOf } from "./node-files.ts";
import { type Plan, planFor } from "./plan.ts";
import { Pooler } from "./pooler.ts";
import { postgresProgram } from "./program.ts";
import { restore } from "./restore.ts";
import { Standbys, standbySettings } from "./standbys.ts";
import { upgrade } from "./upgrade.ts";

/** The ports of every cluster, as on the platform: PostgreSQL's, and the pooler's. */
export const POSTGRES_PORT = 25060;
export const POOLER_PORT = 25061;

export const postgres: Engine = {
  ports: [POSTGRES_PORT, POOLER_PORT],
  server: (site) => new PostgresServer(site),
};

/** Milliseconds before a server that did not come up again is tried once more. */
const AGAIN = 5000;

/** One PostgreSQL cluster, or one read-only replica. */
export class PostgresServer implements DatabaseServer {
  readonly #site: Site;
  readonly #folder: ClusterFolder;
  readonly #backups: Backups;
  readonly #pooler = new Pooler({
    target: () => this.#running(),
    verifierOf: (user) => verifierIn(this.#running(), user),
  });
  /** What is done to a server is done one after the other. */
  readonly #turns = new Turns();
  #spec: ServerSpec | undefined;
  #primary: PostgresNode | undefined;
  #standbys: Standbys | undefined;
  /** Replicas of this cluster, which have to know where its primary is. */
  readonly #followers = new Set<() => void>();
  #followed = "";

  constructor(site: Site) {
    this.#site = site;
    this.#folder = new ClusterFolder(site.folder);
    this.#backups = new Backups(this.#folder.backups, (version) => this.archive(version));
  }

  apply(spec: ServerSpec): Promise<void> {
    return this.#turns.take(() => this.#apply(spec));
  }

  async #apply(spec: ServerSpec): Promise<void> {
    this.#spec = spec;
    this.#primary ??= await this.#open(spec);
    const node = this.#primary;
    node.onCrash = () => void this.#turns.take(() => this.#recover(node)).catch(() => {});
    if (isReplica(spec) && this.#versionOf(spec) !== node.program.major) return this.#renew(node, spec);
    if (!node.hasData) {
      if (spec.isMade) throw new DataGone(node.folder);
      await this.#fill(node, spec);
    }
    if (isReplica(spec)) return this.#follow(node, spec);
    this.#spec = { ...spec, isMade: true };
    await this.#lead(node, spec);
    if (Number(spec.version) > Number(node.program.major)) {
      await this.#upgrade(node, spec);
      return this.#apply(spec);
    }
    await this.#applyAccounts(node, spec);
    await this.#standbys?.apply(node, spec);
    this.#pooler.apply(spec.pools, spec.tls, spec.config);
  }

  async #open(spec: ServerSpec): Promise<PostgresNode> {
    const folder = this.#folder;
    const { version, primary } = folder.state ?? { version: this.#versionOf(spec), primary: 1 };
    folder.prepare(version);
    await folder.keepOnly(version);
    const program = await postgresProgram(version);
    this.#standbys = new Standbys({
      node: (number) => new PostgresNode(folder.node(version, number), program),
      archive: this.archive(version),
      primary,
      log: (line) => this.#site.log(line),
      lost: () => void this.#again().catch((error) => this.#site.log(error.message)),
    });
    if (folder.isRecovering) await this.#standbys.node(primary).remove(); // a fork that was cut short
    return this.#standbys.node(primary);
  }

  /** Applies once more what was applied last. */
  #again(): Promise<void> {
    return this.#turns.take(async () => this.#spec && this.#apply(this.#spec));
  }

  /** A copy begins as what it is a copy of. */
  #versionOf({ source, version }: ServerSpec): string {
    if (source?.kind === "replica") return this.#peer(source.cluster).#running().program.major;
    if (source?.kind === "backup")
      return this.#peer(source.cluster).plan(source.backup, source.at).backup.version;
    return version;
  }

  /** Makes the data of a new cluster, out of nothing or out of another's. */
  async #fill(node: PostgresNode, spec: ServerSpec): Promise<void> {
    const { source } = spec;
    if (source?.kind === "backup") {
      const origin = this.#peer(source.cluster);
      const plan = origin.plan(source.backup, source.at);
      const archived = await origin.archiveUpTo(source.at);
      this.#folder.isRecovering = true;
      await restore(plan, node, setupOf(spec, this.#settings(node, spec)), archived.done);
    } else if (source?.kind === "replica") await node.copyFrom(this.#peer(source.cluster).#running());
    else if (source) throw new PostgresError(`PostgreSQL knows no ${source.kind} of another cluster`);
    else await node.initialize();
    this.#folder.state = { version: node.program.major, primary: 1 };
    this.#folder.isRecovering = false;
  }

  /** Brings the primary up, also one that was a standby or a replica so far. */
  async #lead(node: PostgresNode, spec: ServerSpec): Promise<void> {
    const setup = setupOf(spec, this.#settings(node, spec));
    if (node.isRunning) await node.change(setup);
    else await node.serve(setup);
    if (node.isStandby) await node.promote();
    const address = `${node.folder}:${node.port}`;
    if (this.#followed !== address) for (const tell of this.#followers) tell();
    this.#followed = address;
  }

  #settings(node: PostgresNode, spec: ServerSpec) {
    const archive_command = this.archive(node.program.major).archiveCommand;
    return { ...settingsOf(spec), archive_command, ...this.#standbys?.primarySettings() };
  }

  async #applyAccounts(node: PostgresNode, spec: ServerSpec): Promise<void> {
    const [before, now] = [this.#folder.made, madeBy(spec)];
    // Noted before anything is made: then it is known who made it.
    this.#folder.made = {
      users: [...before.users, ...now.users],
      databases: [...before.databases, ...now.databases],
    };
    await applyAccounts(node, spec, before);
    this.#folder.made = now;
  }

  /** Moves everything to a newer version. Clients are let in again afterwards: to the new one, or, when that failed, to the old. */
  async #upgrade(node: PostgresNode, spec: ServerSpec): Promise<void> {
    const { version } = spec;
    const next = new PostgresNode(this.#folder.node(version, 1), await postgresProgram(version));
    this.#pooler.close();
    await this.#standbys?.stop();
    await next.remove();
    this.#folder.prepare(version);
    await upgrade(node, next, (one) => setupOf(spec, this.#settings(one, spec)));
    this.#folder.state = { version, primary: 1 };
    this.#primary = undefined;
  }

  async #follow(node: PostgresNode, spec: ServerSpec): Promise<void> {
    if (spec.source?.kind !== "replica") return;
    const source = this.#peer(spec.source.cluster);
    const primary = source.#running();
    source.#followers.add(this.#refollow);
    const archive = source.archive(primary.program.major);
    const settings = { ...this.#settings(node, spec), ...standbySettings(primary, archive, spec.id) };
    if (node.isRunning) await node.change(setupOf(spec, settings));
    else await node.serve(setupOf(spec, settings));
  }

  /** A replica of a cluster that was upgraded can't follow it any more: it is copied again. */
  async #renew(node: PostgresNode, spec: ServerSpec): Promise<void> {
    await node.remove();
    this.#folder.forget();
    this.#primary = undefined;
    return this.#apply(spec);
  }

  readonly #refollow = () => {
    if (!this.#spec || !isReplica(this.#spec)) return;
    void this.#again().catch((error) => this.#site.log(`the replica can't follow: ${error.message}`));
  };

  /** What a restore of this cluster to `at` starts from. @throws RestoreError when there is nothing */
  plan(backup: string, at?: number): Plan {
    return planFor(this.#backups, (version) => this.archive(version), backup, at);
  }

  /**
   * Gets the log of a running cluster into the archive, so that a time that was only just now can be restored: that is so when the
   * returned promise's `done` is.
   * @throws RestoreError when `at` has not been yet
   */
  async archiveUpTo(at: number | undefined): Promise<{ done: Promise<void> }> {
    const node = this.#primary;
    if (at === undefined || !node?.isRunning) return { done: Promise.resolve() };
    await mustHaveBeen(at, node);
    const done = finishLog(node, this.archive(node.program.major));
    done.catch(() => {}); // told to who waits for it
    return { done };
  }

  /** Brings a server back that ended by itself: by its standby, which has all that was acknowledged, else by a restart. */
  async #recover(node: PostgresNode): Promise<void> {
    const spec = this.#spec;
    if (node !== this.#primary || node.isRunning || !spec) return;
    this.#site.log(`PostgreSQL ended unexpectedly`);
    try {
      const heir = isReplica(spec) ? undefined : this.#standbys?.heir();
      if (heir) {
        this.#folder.state = { version: node.program.major, primary: heir.number };
        this.#standbys?.succeed(heir.number);
        this.#primary = heir.node;
        await this.#apply(spec);
        this.#site.report("promoted");
      } else await this.#apply(spec);
    } catch (error) {
      this.#site.log(`PostgreSQL does not start: ${error instanceof Error ? error.message : error}`);
      setTimeout(() => void this.#turns.take(() => this.#recover(node)).catch(() => {}), AGAIN).unref();
    }
  }

  connect(port: number): Duplex | number {
    if (port === POOLER_PORT) return this.#pooler.connect();
    if (port !== POSTGRES_PORT) throw new PostgresError(`nothing serves port ${port}`);
    return this.#running().port;
  }

  /** Runs `action` as the superuser, in `database`. */
  inside<T>(action: (client: Client) => Promise<T>, database?: string): Promise<T> {
    return inside(this.#running(), action, database);
  }

  stop(): Promise<void> {
    return this.#turns.take(async () => {
      this.#close();
      await Promise.all([this.#primary?.stop(), this.#standbys?.stop()]);
    });
  }

  destroy(): Promise<void> {
    return this.#turns.take(async () => {
      this.#close();
      await Promise.all([this.#primary?.quit(), this.#standbys?.quit()]);
      await this.#backups.idle();
      await this.#folder.remove();
      this.#primary = undefined;
    });
  }

  #close(): void {
    this.#spec = undefined;
    this.#pooler.close();
  }

  backups(): readonly PostgresBackup[] {
    return this.#backups.list();
  }

  async backUp(): Promise<PostgresBackup> {
    return this.#backups.take(this.#running());
  }

  archive(version: string): Archive {
    return this.#folder.archive(version);
  }

  #peer(id: string): PostgresServer {
    const server = this.#site.serverOf(id);
    if (server instanceof PostgresServer) return server;
    throw new PostgresError(`cluster ${id} has no server here`);
  }

  #running(): PostgresNode {
    if (!this.#primary?.isRunning) throw new PostgresError("PostgreSQL is not running");
    return this.#primary;
  }
}

const isReplica = (spec: ServerSpec) => spec.source?.kind === "replica";
