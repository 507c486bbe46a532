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

/** Public keys of the kinds that people have, made for these tests, and what `ssh-keygen -lE md5` says of them. */
export const KEYS = [
  {
    public_key:
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEDoq30cwadsXTaUK7AiugOiSfIGhAiVk9txicSc5nSN somebody@example.com",
    fingerprint: "0c:bd:cc:e7:1d:40:5e:75:42:28:f5:ae:c9:8d:87:44",
  },
  {
    public_key:
      "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCkRW9+nwji7Rja3luSiuZjWnG/9fTB+ok0tmwdlwlWT0QN2GWov+tiCDeE94mYVqKg1B3caV3DLpDWrErR/8ulrNYcj0O02xDvEfI46rbl3J9hKy/mN2+NEDTfiqaZXZ/+CSghgROKBhFR45faQPQDBC5/IPgs3BjMEpA1vLIrElYNGef8G04mXpIZplbcWRpqvyf9vzvsvlyIa1+tEjEIy9dtkLooN+76x8oGR/boXkxg1e48D2E6SypvrFNlOXBb9bEK0ruX0i2RjSLhpZUPcURcjhFuOAMofibRxhs6RIR0V1uODsR+Uc7m+L1Yu7nW0OpPKDoxmATDGfowX2pL somebody@example.com",
    fingerprint: "f9:5c:3a:d8:8d:e6:5b:f9:3a:58:b7:3a:52:f9:99:84",
  },
  {
    public_key:
      "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBARmDDA6WAPfYZsOvD3mFbA0yfnBePSjwmYSkp0PRGmE76rK8fM4KrcuAcjmPyVtUdbWshnHSxUbfPlfL91hMqU=",
    fingerprint: "87:53:6d:05:65:61:8b:cd:7d:0b:4a:76:5e:cf:5c:c4",
  },
];

/** What droplets and pools are made of here, but for their keys. */
export const DROPLET = { region: "fra1", size: "s-1vcpu-1gb", image: "ubuntu-24-04-x64" };

/** The key's id. */
export async function madeKey(cloud: Client): Promise<number> {
  const { id } = await cloud.make<{ id: number }>("/v2/account/keys", { name: "key", ...KEYS[0] });
  return id;
}

/** The droplet once nothing is under way on it. */
export async function idle(cloud: Client, id: unknown): Promise<Made> {
  for (;;) {
    const { droplet } = (await cloud.get<{ droplet: Made }>(`/v2/droplets/${id}`)).body;
    if (droplet.status !== "new" && !droplet.locked) return droplet;
  }
}

/** A new droplet that is active. */
export async function activeDroplet(cloud: Client, name: string, facts: object = {}): Promise<Made> {
  const { id } = await cloud.make("/v2/droplets", { ...DROPLET, name, ...facts });
  return idle(cloud, id);
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
