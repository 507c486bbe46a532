import type { Socket } from "node:net";
import { join } from "node:path";
import { appSpecs, recordOutcome } from "./api/apps/wishes.ts";
import { isAdmitted } from "./api/databases/admission.ts";
import { record } from "./api/databases/events.ts";
import { isMade, made, wishes } from "./api/databases/specs.ts";
import type { Call } from "./call.ts";
import type { Authority } from "./certificates.ts";
import { type Apps, runApps } from "./dataplane/apps/apps.ts";
import { readWorkspaces } from "./dataplane/apps/workspaces.ts";
import { processOf } from "./dataplane/client.ts";
import type { DataPlane } from "./dataplane/dataplane.ts";
import type { Engine } from "./dataplane/engine.ts";
import { openNetwork } from "./dataplane/network.ts";
import { postgresClients } from "./dataplane/postgres-clients.ts";
import { dataFolderOf, makeDataFolder } from "./dataplane/programs.ts";
import { Servers } from "./dataplane/servers.ts";
import { unserved } from "./dataplane/unserved.ts";
import type { Home } from "./home.ts";
import type { ServerParts } from "./server.ts";

/** What stands behind the API, and its part in every request. */
export interface Planes extends Pick<ServerParts, "before" | "after"> {
  readonly dataPlane: DataPlane;
  /** Brings back what the store says there is. Returns at once. */
  start(): void;
  /** Stops everything; data stay. */
  close(): Promise<void>;
}

/** How long an answer waits for servers: after the cloud's own start, and for a change on one that is up. Milliseconds. */
const PATIENCE = 30_000;

export const noPlanes: Planes = {
  dataPlane: unserved,
  start() {},
  before: async () => {},
  after: async () => {},
  close: async () => {},
};

export interface PlanesOptions {
  home: Home;
  engines: Readonly<Record<string, Engine>>;
  /** The table of images and repositories that apps are run from. Default: no app is run. */
  workspaces: string | undefined;
  authority: Authority;
  /** A call of the cloud's own. */
  call(): Call;
  log(line: string): void;
}

/**
 * Servers behind the clusters, and processes behind the apps. The store says what there is to be; after each request that
 * may have changed it they follow.
 */
export function openPlanes(options: PlanesOptions): Planes {
  const { home, engines, workspaces, authority, call, log } = options;
  const say = (server: string, message: string) =>
    log(JSON.stringify({ time: new Date().toISOString(), server, message }));
  const servers = new Servers({
    folder: Object.keys(engines).length > 0 ? makeDataFolder(home.folder) : dataFolderOf(home.folder),
    engines,
    authority,
    admits: (id, client) => isAdmitted(call(), id, sourceOf(client, apps)),
    wasMade: (id) => isMade(call(), id),
    made: (id) => made(call(), id),
    report: (id) => promoted(call(), id),
    log(name, message) {
      say(name, message);
      const { store, now } = call();
      store.transaction(() => store.note(now, `${name} ${message}`));
    },
  });
  const table = workspaces === undefined ? undefined : readWorkspaces(workspaces);
  let apps: Apps | undefined;
  const openApps = async () =>
    table &&
    runApps({
      folder: join(home.folder, "apps"),
      workspaces: table,
      programs: (name) => programs(name, (line) => say("apps", line)),
      certify: (names) => authority.issueServer(names, new Date(Date.now() + CERTIFICATE_LIFE)),
      report(app, deployment, outcome) {
        const now = call();
        now.store.transaction(() => recordOutcome(now, app, deployment, outcome));
        apps?.apply(appSpecs(now));
      },
      log: (line) => say("apps", line),
    });

  let started = Promise.resolve();
  let isClosing = false;
  const closing = Promise.withResolvers<void>();
  const start = async () => {
    const [opened] = await Promise.all([openApps(), servers.tidy(wishes(call()))]);
    apps = opened;
    if (isClosing) return;
    servers.update(wishes(call()));
    await Promise.race([servers.settled(PATIENCE), closing.promise]);
    if (!isClosing) apps?.apply(appSpecs(call())); // which look for their databases as soon as they start
  };
  return {
    dataPlane: {
      ...openNetwork(home.network),
      serves: (engine) => Object.hasOwn(engines, engine),
      serving: (id) => servers.serving(id),
      backups: (id) => servers.backups(id),
      backUp: (id) => servers.backUp(id),
      get apps() {
        return apps;
      },
    },
    start() {
      started = start().catch((error: unknown) => say("cloud", String(error)));
    },
    before: async (path) => {
      if (isAbout(path)) await started;
    },
    async after(method, path) {
      if (method === "GET" || method === "HEAD" || !isAbout(path)) return;
      servers.update(wishes(call()));
      apps?.apply(appSpecs(call()));
      await (path === RESET ? servers.settled(PATIENCE) : servers.changed(PATIENCE));
    },
    async close() {
      isClosing = true;
      closing.resolve();
      await started;
      await apps?.close(); // before the databases that they use
      await servers.close();
    },
  };
}

/** What images bring that this machine may lack. @throws Error with one line that says why it can't be had */
async function programs(name: string, say: (line: string) => void): Promise<string> {
  if (name === "postgres-clients") return join(await postgresClients(say), "bin");
  throw new Error(`no program is known as ${name}`);
}

/** Ten years. */
const CERTIFICATE_LIFE = 10 * 365 * 24 * 3600_000;

const RESET = "/_local/reset";
const isAbout = (path: string) => path === RESET || /^\/(v2|_local)\/(databases|servers|apps)\b/.test(path);

function promoted(call: Call, id: string): void {
  call.store.transaction(() => {
    record(call, { id }, "cluster_master_promotion");
    call.store.note(call.now, `promoted a standby of ${call.store.byUrn(`do:dbaas:${id}`)?.name ?? id}`);
  });
}

function sourceOf(client: Socket, apps: Apps | undefined): Parameters<typeof isAdmitted>[2] {
  const app = () => {
    const pid = processOf(client, (pid) => apps?.appOfPid(pid) !== undefined);
    return pid === undefined ? undefined : apps?.appOfPid(pid);
  };
  return { address: client.remoteAddress ?? "", app };
}
