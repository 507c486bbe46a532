import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import type { Client } from "pg";
import type { DatabaseServer, Engine, ServerSpec, Site, Source } from "../engine.ts";
import { endLeftovers } from "../process.ts";
import { makePrivateFolder } from "../programs.ts";
import { applyAccounts, type Made, madeBy, verifierIn } from "./accounts.ts";
import { Archive, RestoreError } from "./archive.ts";
import { Backups, type PostgresBackup } from "./backups.ts";
import { settingsOf } from "./configuration.ts";
import { inside } from "./control.ts";
import { writeDurably } from "./files.ts";
import { finishLog } from "./finish-log.ts";
import { PostgresError, PostgresNode, WAL_SEGMENT_MIB } from "./node.ts";
import { setupOf } from "./node-files.ts";
import { Pooler } from "./pooler.ts";
import { MAJORS, postgresProgram } from "./program.ts";
import { copyBackup, endRecovery, type Plan, planFor, prepareRecovery, recoveryError } from "./restore.ts";
import { Standbys, standbySettings } from "./standbys.ts";
import { moveData } from "./upgrade.ts";
import { parseLsn } from "./wal.ts";

/** The ports of every cluster, as on the platform: PostgreSQL's, and the pooler's. */
export const POSTGRES_PORT = 25060;
export const POOLER_PORT = 25061;

export const postgres: Engine = {
  ports: [POSTGRES_PORT, POOLER_PORT],
  server: (site) => new PostgresServer(site),
};

/** What has to survive the cloud: which of the nodes is the primary. It is written before a standby takes over. */
interface State {
  readonly version: string;
  readonly primary: number;
}

/** Milliseconds before a server that did not come up again is tried once more. */
const AGAIN = 5000;

/**
 * One PostgreSQL cluster, or one read-only replica. Its folder holds `<version>/<node>/` for each node, `archive/<version>/`,
 * `backups/` and `cluster.json`.
 */
export class PostgresServer implements DatabaseServer {
  readonly #site: Site;
  readonly #backups: Backups;
  readonly #pooler = new Pooler({
    target: () => this.#running(),
    verifierOf: (user) => verifierIn(this.#running(), user),
  });
  #spec: ServerSpec | undefined;
  #primary: PostgresNode | undefined;
  #standbys: Standbys | undefined;
  /** Replicas of this cluster, which have to know where its primary is. */
  readonly #followers = new Set<() => void>();
  #followed = "";
  /** What is done to a server is done one after the other. */
  #last: Promise<unknown> = Promise.resolve();
  #lastBackup: Promise<unknown> = Promise.resolve();

  constructor(site: Site) {
    this.#site = site;
    this.#backups = new Backups(join(site.folder, "backups"));
  }

  apply(spec: ServerSpec): Promise<void> {
    return this.#inTurn(() => this.#apply(spec));
  }

  async #apply(spec: ServerSpec): Promise<void> {
    this.#spec = spec;
    makePrivateFolder(this.#site.folder);
    this.#primary ??= await this.#open(spec);
    const node = this.#primary;
    node.onCrash = () => void this.#inTurn(() => this.#recover(node)).catch(() => {});
    if (isReplica(spec) && this.#versionOf(spec) !== node.program.major) return this.#renew(node, spec);
    if (!node.hasData) await this.#fill(node, spec);
    if (isReplica(spec)) return this.#follow(node, spec);
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
    const { version, primary } = this.#state() ?? { version: this.#versionOf(spec), primary: 1 };
    await this.#clear(version);
    const program = await postgresProgram(version);
    for (const part of [version, "archive", join("archive", version)])
      makePrivateFolder(join(this.#site.folder, part));
    this.#standbys = new Standbys({
      node: (number) => new PostgresNode(join(this.#site.folder, version, String(number)), program),
      archive: this.archive(version),
      primary,
      log: (line) => this.#site.log(line),
      lost: () =>
        void this.#inTurn(async () => this.#spec && this.#apply(this.#spec)).catch((error) =>
          this.#site.log(error.message),
        ),
    });
    if (existsSync(this.#recovering)) await this.#standbys.node(primary).remove(); // a fork that was cut short
    return this.#standbys.node(primary);
  }

  /** A copy begins as what it is a copy of. */
  #versionOf({ source, version }: ServerSpec): string {
    if (source?.kind === "replica") return this.#peer(source.cluster).#running().program.major;
    if (source?.kind === "backup")
      return this.#peer(source.cluster).#plan(source.backup, source.at).backup.version;
    return version;
  }

  /** Removes nodes of other versions: what an upgrade was made from, or one that was interrupted. */
  async #clear(version: string): Promise<void> {
    for (const other of MAJORS.filter((major) => major !== version)) {
      const folder = join(this.#site.folder, other);
      await endLeftovers(folder, "SIGINT");
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Moves everything to a newer version. Clients are let in again afterwards: to the new one, or, when that failed, to the old. */
  async #upgrade(node: PostgresNode, spec: ServerSpec): Promise<void> {
    const { version } = spec;
    const program = await postgresProgram(version);
    const next = new PostgresNode(join(this.#site.folder, version, "1"), program);
    this.#pooler.close();
    await this.#standbys?.stop();
    await node.change({ ...setupOf(spec, this.#settings(node, spec)), isClosed: true });
    try {
      await inside(node, (client) => client.query(LEAVE));
      await next.remove();
      for (const part of [version, join("archive", version)])
        makePrivateFolder(join(this.#site.folder, part));
      await next.initialize();
      await next.serve({ ...setupOf(spec, this.#settings(next, spec)), isClosed: true });
      await moveData(node, next);
    } catch (error) {
      await next.remove();
      await node.change(setupOf(spec, this.#settings(node, spec)));
      throw error;
    }
    await next.stop();
    await node.stop();
    this.#save({ version, primary: 1 });
    this.#primary = undefined;
  }

  /** Makes the data of a new cluster, out of nothing or out of another's. */
  async #fill(node: PostgresNode, spec: ServerSpec): Promise<void> {
    const { source } = spec;
    if (source?.kind === "backup") await this.#fork(node, spec, source);
    else if (source?.kind === "replica") await node.copyFrom(this.#peer(source.cluster).#running());
    else if (source) throw new PostgresError(`PostgreSQL knows no ${source.kind} of another cluster`);
    else await node.initialize();
    this.#save({ version: node.program.major, primary: 1 });
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
    const file = join(this.#site.folder, "made.json");
    const before: Made = existsSync(file)
      ? JSON.parse(readFileSync(file, "utf8"))
      : { users: [], databases: [] };
    const now = madeBy(spec);
    const both = {
      users: [...before.users, ...now.users],
      databases: [...before.databases, ...now.databases],
    };
    writeDurably(file, JSON.stringify(both)); // before anything is made: then it is known who made it
    await applyAccounts(node, spec, before);
    writeDurably(file, JSON.stringify(now));
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
    rmSync(this.#stateFile, { force: true });
    this.#primary = undefined;
    return this.#apply(spec);
  }

  readonly #refollow = () => {
    void this.#inTurn(async () => {
      if (this.#spec && isReplica(this.#spec)) await this.#apply(this.#spec);
    }).catch((error) => this.#site.log(`the replica can't follow: ${error.message}`));
  };

  /** A copy of another cluster's past, on a timeline of its own. */
  async #fork(node: PostgresNode, spec: ServerSpec, source: Source & { kind: "backup" }): Promise<void> {
    const plan = await this.#peer(source.cluster).restorePlan(source.backup, source.at);
    writeFileSync(this.#recovering, "");
    try {
      const draft = node.draft();
      await copyBackup(plan, draft);
      prepareRecovery(plan, draft);
      node.adopt(draft);
      await node.serve(setupOf(spec, this.#settings(node, spec)));
      endRecovery(node.data);
    } catch (error) {
      const failure =
        error instanceof PostgresError ? recoveryError(error.message, node.log, source.at) : error;
      await node.remove();
      throw failure;
    }
    rmSync(this.#recovering);
  }

  /** What a restore of this cluster to `at` starts from. A running cluster's log is archived up to now first. */
  async restorePlan(backup: string, at?: number): Promise<Plan> {
    if (at !== undefined && this.#primary?.isRunning) {
      const version = this.#primary.program.major;
      const until = await finishLog(this.#primary, this.archive(version));
      if (at > until)
        throw new RestoreError(
          `${new Date(at).toISOString()} has not been yet: the last time that can be restored is ${new Date(until).toISOString()}`,
        );
    }
    return this.#plan(backup, at);
  }

  #plan(backup: string, at?: number): Plan {
    return planFor(this.#backups, (version) => this.archive(version), backup, at);
  }

  /** Brings a server back that ended by itself: by its standby, which has all that was acknowledged, else by a restart. */
  async #recover(node: PostgresNode): Promise<void> {
    const spec = this.#spec;
    if (node !== this.#primary || node.isRunning || !spec) return;
    this.#site.log(`PostgreSQL ended unexpectedly`);
    try {
      const heir = isReplica(spec) ? undefined : this.#standbys?.heir();
      if (heir) {
        this.#save({ version: node.program.major, primary: heir.number });
        this.#standbys?.succeed(heir.number);
        this.#primary = heir.node;
        await this.#apply(spec);
        this.#site.report("promoted");
      } else await this.#apply(spec);
    } catch (error) {
      this.#site.log(`PostgreSQL does not start: ${error instanceof Error ? error.message : error}`);
      setTimeout(() => void this.#inTurn(() => this.#recover(node)).catch(() => {}), AGAIN).unref();
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
    return this.#inTurn(async () => {
      this.#spec = undefined;
      this.#pooler.close();
      await Promise.all([this.#primary?.stop(), this.#standbys?.stop()]);
    });
  }

  destroy(): Promise<void> {
    return this.#inTurn(async () => {
      this.#spec = undefined;
      this.#pooler.close();
      await Promise.all([this.#primary?.stop(), this.#standbys?.stop()]);
      await this.#lastBackup;
      rmSync(this.#site.folder, { recursive: true, force: true });
      this.#primary = undefined;
    });
  }

  backups(): readonly PostgresBackup[] {
    return this.#backups.list();
  }

  backUp(): Promise<PostgresBackup> {
    const backup = this.#lastBackup.then(() => this.#backUp());
    this.#lastBackup = backup.catch(() => {});
    return backup;
  }

  async #backUp(): Promise<PostgresBackup> {
    const { program, folder, port } = this.#running();
    const backup = await this.#backups.take({ folder, port }, program.major, WAL_SEGMENT_MIB * 1024 * 1024);
    const kept = this.#backups.prune().filter(({ version }) => version === program.major);
    const first = kept.reduce(
      (least, { startLsn }) => min(least, parseLsn(startLsn)),
      parseLsn(backup.startLsn),
    );
    this.archive(program.major).prune(first, BigInt(backup.segmentBytes));
    return backup;
  }

  archive(version: string): Archive {
    return new Archive(join(this.#site.folder, "archive", version));
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

  get #recovering(): string {
    return join(this.#site.folder, "recovering");
  }

  get #stateFile(): string {
    return join(this.#site.folder, "cluster.json");
  }

  #state(): State | undefined {
    return existsSync(this.#stateFile) ? JSON.parse(readFileSync(this.#stateFile, "utf8")) : undefined;
  }

  #save(state: State): void {
    writeDurably(this.#stateFile, JSON.stringify(state));
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(action);
    this.#last = turn.catch(() => {});
    return turn;
  }
}

/** Ends all other connections. */
const LEAVE =
  "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'";

const isReplica = (spec: ServerSpec) => spec.source?.kind === "replica";
const min = (a: bigint, b: bigint) => (a < b ? a : b);
