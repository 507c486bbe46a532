import type { Socket } from "node:net";
import { isAdmitted } from "./api/databases/admission.ts";
import { record } from "./api/databases/events.ts";
import { wishes } from "./api/databases/specs.ts";
import type { Call } from "./call.ts";
import type { Authority } from "./certificates.ts";
import type { DataPlane } from "./dataplane/dataplane.ts";
import type { Engine } from "./dataplane/engine.ts";
import { openNetwork } from "./dataplane/network.ts";
import { makeDataFolder } from "./dataplane/programs.ts";
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
  authority: Authority;
  /** A call of the cloud's own. */
  call(): Call;
  log(line: string): void;
}

/** Servers behind the clusters. The store says what there is to be; after each request that may have changed it they follow. */
export function openPlanes({ home, engines, authority, call, log }: PlanesOptions): Planes {
  const say = (server: string, message: string) =>
    log(JSON.stringify({ time: new Date().toISOString(), server, message }));
  const servers = new Servers({
    folder: makeDataFolder(home.folder),
    engines,
    authority,
    admits: (id, client) => isAdmitted(call(), id, sourceOf(client)),
    report: (id) => promoted(call(), id),
    log(name, message) {
      say(name, message);
      const { store, now } = call();
      store.transaction(() => store.note(now, `${name} ${message}`));
    },
  });
  let started = Promise.resolve();
  const start = async () => {
    const wished = wishes(call());
    await servers.tidy(wished);
    servers.update(wishes(call()));
    await servers.settled(PATIENCE);
  };
  return {
    dataPlane: {
      ...openNetwork(home.network),
      serves: (engine) => Object.hasOwn(engines, engine),
      serving: (id) => servers.serving(id),
      backups: (id) => servers.backups(id),
      backUp: (id) => servers.backUp(id),
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
      await (path === RESET ? servers.settled(PATIENCE) : servers.changed(PATIENCE));
    },
    close: () => servers.close(),
  };
}

const RESET = "/_local/reset";
const isAbout = (path: string) => path === RESET || /^\/(v2|_local)\/(databases|servers)\b/.test(path);

function promoted(call: Call, id: string): void {
  call.store.transaction(() => {
    record(call, { id }, "cluster_master_promotion");
    call.store.note(call.now, `promoted a standby of ${call.store.byUrn(`do:dbaas:${id}`)?.name ?? id}`);
  });
}

function sourceOf(client: Socket): Parameters<typeof isAdmitted>[2] {
  return { address: client.remoteAddress ?? "", app: () => undefined };
}
