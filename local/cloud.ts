import { rmSync } from "node:fs";
import type { Server } from "node:http";
import { adminRoutes } from "./admin.ts";
import { AREAS } from "./api/areas.ts";
import type { Call, World } from "./call.ts";
import { consolePage } from "./console.ts";
import type { Engine } from "./dataplane/engine.ts";
import { StartError, systemCode } from "./errors.ts";
import { Faults } from "./faults.ts";
import { folderError, type Home, homeOf, openHome, writeWhole } from "./home.ts";
import { noPlanes, openPlanes, type Planes, type PlanesOptions } from "./planes.ts";
import { Routes } from "./routes.ts";
import { serve } from "./server.ts";
import { Blobs } from "./spaces/blobs.ts";
import { Cdn } from "./spaces/cdn.ts";
import { knownBlobs } from "./spaces/entries.ts";
import { ensureAccountKey } from "./spaces/keys.ts";
import { serveSpaces } from "./spaces/server.ts";
import type { Credentials } from "./spaces/signature.ts";
import { Store } from "./store.ts";
import { Vault } from "./vault.ts";

export interface CloudOptions {
  /** The state folder, BREAKWATER_HOME; the cloud's own files lie in `cloud/` below it. */
  home: string;
  /** 0 for any free port. Default 7480. */
  port?: number;
  /** Where Spaces listen; 0 for any free port. Default: the port after the API's, any free one if that is 0. */
  spacesPort?: number;
  /** The fraction of DigitalOcean's own times that asynchronous changes take. Default 0. */
  timeScale?: number;
  /** The engines whose clusters are real servers, by the API's names. Default: none, clusters exist at the API alone. */
  servers?: Readonly<Record<string, Engine>>;
  /**
   * A table of the images and repositories that apps are run from (`workspaces.json` is this checkout's). Default: none,
   * apps exist at the API alone.
   */
  workspaces?: string | undefined;
  /** Whether a restore may ask for a time that is no listed backup's, as in the platform's control panel. Default true. */
  restoresToAnyTime?: boolean;
  /** Takes the access log, one JSON line per request. Default: nowhere. */
  log?(line: string): void;
}

export interface RunningCloud {
  /** The API's base, without `/v2`. */
  readonly url: string;
  /** What every API call needs as its bearer token. */
  readonly token: string;
  readonly spaces: SpacesAddress;
  /** The account's full-access Spaces key. */
  readonly spacesKey: Credentials;
  /** Stops taking requests, answers those under way, stops the servers, and closes the store. */
  close(): Promise<void>;
}

/** How Spaces are reached. */
export interface SpacesAddress {
  /** What the provider takes as `SPACES_ENDPOINT_URL`: a template. Its hosts need not resolve where requests go through `proxy`. */
  readonly endpoint: string;
  /** An HTTP proxy that serves every host of `endpoint` itself. To a client that knows path style it is the endpoint. */
  readonly proxy: string;
}

export const DEFAULT_PORT = 7480;
/** How long requests under way may take once the cloud is told to stop. */
const DRAIN_MILLISECONDS = 5000;
const SWEEP_MILLISECONDS = 20;

/**
 * Starts a local cloud in this process.
 * @throws StartError with one line for the user: the folder, the store or the port can't be had
 */
export async function startCloud(options: CloudOptions): Promise<RunningCloud> {
  const home = homeOf(options.home);
  const { token, key, authority, spacesKey } = openHome(home);
  const store = openStore(home);
  const blobs = new Blobs(home.spaces);
  const faults = new Faults();
  const routes = new Routes([
    ...AREAS.flatMap((area) => [
      ...(area.routes ?? []),
      ...area.resources.flatMap((resource) => resource.routes),
    ]),
    ...adminRoutes(faults, (call) => {
      startAfresh(call);
      blobs.keepOnly(new Set());
    }),
  ]);
  const parts = {
    store,
    vault: new Vault(key),
    authority,
    restoresToAnyTime: options.restoresToAnyTime ?? true,
    spacesKey,
  };
  const startedAt = new Date();
  const log = options.log ?? (() => {});
  let url = "";
  const world = (): World => ({ ...parts, dataPlane: planes.dataPlane, url });
  const planes = openedPlanes(options, { home, authority, log, call: () => callNow(world(), "") }, store);

  const server = serve({
    world,
    token,
    routes,
    faults,
    timeScale: options.timeScale ?? 0,
    before: planes.before,
    after: planes.after,
    open: {
      "/healthz": () => json({ status: "ok", pid: process.pid, started_at: startedAt.toISOString() }),
      "/": () => consolePage(callNow(world(), "/"), AREAS),
    },
    log,
  });
  const objects = serveSpaces({ world, blobs, cdn: new Cdn(blobs), log });
  const port = options.port ?? DEFAULT_PORT;
  let spaces: SpacesAddress;
  try {
    store.transaction(() => {
      if (store.isEmpty()) startAfresh(callNow(world(), ""));
      ensureAccountKey(callNow(world(), ""));
    });
    blobs.keepOnly(knownBlobs(store));
    spaces = spacesAt(
      await listen(objects, options.spacesPort ?? (port && port + 1), "BREAKWATER_SPACES_PORT"),
    );
    url = await listen(server, port, "BREAKWATER_PORT");
    writeWhole(
      home.address,
      `${JSON.stringify({ pid: process.pid, url, startedAt: startedAt.toISOString(), spaces })}\n`,
    );
    log(JSON.stringify({ time: startedAt.toISOString(), listening: url }));
    planes.start();
  } catch (error) {
    server.close();
    objects.close();
    store.close();
    throw folderError(error, home.folder);
  }
  return {
    url,
    token,
    spaces,
    spacesKey,
    async close() {
      await Promise.all([drained(server), drained(objects)]);
      await planes.close();
      rmSync(home.address, { force: true });
      store.close();
    },
  };
}

function openedPlanes(
  { servers = {}, workspaces }: CloudOptions,
  parts: Omit<PlanesOptions, "engines" | "workspaces">,
  store: Store,
): Planes {
  if (Object.keys(servers).length === 0 && workspaces === undefined) return noPlanes;
  try {
    return openPlanes({ ...parts, engines: servers, workspaces });
  } catch (error) {
    store.close();
    throw folderError(error, parts.home.folder);
  }
}

function openStore(home: Home): Store {
  try {
    return new Store(home.store);
  } catch (error) {
    throw folderError(error, home.folder);
  }
}

/** Empties the account and gives it what a new one has. */
function startAfresh(call: Call): void {
  call.store.clear();
  for (const area of AREAS) area.seed?.(call);
}

/** A call that no request makes: the cloud's own. */
function callNow(world: World, path: string): Call {
  const now = Date.now();
  const empty = { params: {}, query: new URLSearchParams(), body: undefined };
  return { ...world, ...empty, parent: undefined, path, now, after: () => now, fails: false };
}

const json = (body: object) => ({ type: "application/json; charset=utf-8", body: JSON.stringify(body) });

function spacesAt(proxy: string): SpacesAddress {
  return { endpoint: `http://{{.Region}}.digitaloceanspaces.localhost:${new URL(proxy).port}`, proxy };
}

function listen(server: Server, port: number, setting: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const what =
        systemCode(error) === "EADDRINUSE"
          ? "is in use: stop what listens there"
          : `can't be had (${error.message}): ask for the right to`;
      const remedy = `set ${setting} to another port (0 for any free one)`;
      reject(new StartError(`Port ${port} of 127.0.0.1 ${what}, or ${remedy}.`));
    });
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") return reject(new Error("the server has no port"));
      resolve(`http://127.0.0.1:${address.port}`);
    });
  });
}

async function drained(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection may be kept alive by an answer that was on its way when the server closed.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MILLISECONDS);
  const patience = setTimeout(() => server.closeAllConnections(), DRAIN_MILLISECONDS);
  await closed;
  clearInterval(sweep);
  clearTimeout(patience);
}
