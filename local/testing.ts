import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type CloudOptions, type RunningCloud, startCloud } from "./index.ts";

export interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
}

/** The API as tests call it: paths without the base, bodies as objects. */
export class Client {
  readonly url: string;
  readonly token: string;

  constructor({ url, token }: Pick<RunningCloud, "url" | "token">) {
    this.url = url;
    this.token = token;
  }

  async send<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === "" ? undefined : JSON.parse(text),
    };
  }

  get = <T = Record<string, unknown>>(path: string) => this.send<T>("GET", path);
  post = <T = Record<string, unknown>>(path: string, body?: unknown) => this.send<T>("POST", path, body);
  put = <T = Record<string, unknown>>(path: string, body?: unknown) => this.send<T>("PUT", path, body);
  patch = <T = Record<string, unknown>>(path: string, body?: unknown) => this.send<T>("PATCH", path, body);
  delete = <T = Record<string, unknown>>(path: string, body?: unknown) => this.send<T>("DELETE", path, body);

  /** What a create made, under its root key; throws when there is none. */
  async make<T = Made>(path: string, body: unknown): Promise<T> {
    const { status, body: made } = await this.post<Record<string, T>>(path, body);
    const [object] = Object.values(made ?? {});
    if (status >= 300 || object === undefined)
      throw new Error(`POST ${path}: ${status} ${JSON.stringify(made)}`);
    return object;
  }
}

export interface Made {
  id: string;
  name: string;
  [field: string]: unknown;
}

/** A folder that goes with the test. */
export function temporaryFolder(t: Pick<TestContext, "after">): string {
  const folder = mkdtempSync(join(tmpdir(), "breakwater-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A cloud of the test's own, in this process. */
export async function cloudFor(
  t: Pick<TestContext, "after">,
  options: Partial<CloudOptions> = {},
): Promise<Client> {
  const cloud = await startCloud({ home: temporaryFolder(t), port: 0, ...options });
  t.after(() => cloud.close());
  return new Client(cloud);
}

export const CLUSTER = { engine: "pg", version: "17", size: "db-s-1vcpu-1gb", region: "fra1", num_nodes: 1 };

/** The cluster once it is online: its changes take a millisecond at least. */
export async function online(cloud: Client, id: string): Promise<Made> {
  for (;;) {
    const { database } = (await cloud.get<{ database: Made }>(`/v2/databases/${id}`)).body;
    if (database.status === "online") return database;
  }
}

/** A new cluster that is online. */
export async function onlineCluster(cloud: Client, name: string, facts: object = {}): Promise<Made> {
  const { id } = await cloud.make("/v2/databases", { ...CLUSTER, name, ...facts });
  return online(cloud, id);
}

/** The app once nothing of it is being deployed any more. */
export async function settled(cloud: Client, id: string): Promise<Made> {
  for (;;) {
    const { app } = (await cloud.get<{ app: Made }>(`/v2/apps/${id}`)).body;
    if (!app.pending_deployment && !app.in_progress_deployment) return app;
  }
}

export const SERVICE = {
  name: "api",
  image: { registry_type: "DOCR", repository: "api", tag: "1" },
  instance_size_slug: "apps-s-1vcpu-0.5gb",
};
