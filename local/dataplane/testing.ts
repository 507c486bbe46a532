import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { Authority, makeAuthority } from "../certificates.ts";
import type { DatabaseServer, Engine, ServerSpec, Site } from "./engine.ts";
import { type Front, openFront } from "./front.ts";
import { makePrivateFolder } from "./programs.ts";
import type { Order } from "./testing-cloud.ts";

const authority = new Authority(makeAuthority("Test CA"), "Test CA");

/** A cluster without a cloud: its server behind fronts, at an address of its own. */
export class TestCluster {
  spec: ServerSpec;
  readonly server: DatabaseServer;
  readonly folder: string;
  readonly logged: string[] = [];
  readonly #engine: Engine;
  readonly #peers: ReadonlyMap<string, TestCluster>;
  #fronts: Front[] = [];

  constructor(
    engine: Engine,
    spec: Pick<ServerSpec, "version" | "users"> & Partial<ServerSpec>,
    peers: readonly TestCluster[] = [],
  ) {
    const id = crypto.randomUUID();
    const host = `127.${[1, 2, 3].map(() => 1 + Math.floor(Math.random() * 254)).join(".")}`;
    this.spec = {
      id,
      name: "test",
      nodes: 1,
      memoryMib: 1024,
      place: { host, privateHost: host },
      tls: authority.issueServer([host]),
      ca: authority.certificate,
      databases: [],
      pools: [],
      config: {},
      ...spec,
    };
    const root = mkdtempSync(join(tmpdir(), "cluster-"));
    chmodSync(root, 0o711);
    this.folder = join(root, "server");
    makePrivateFolder(this.folder);
    this.#engine = engine;
    this.#peers = new Map(peers.map((peer) => [peer.spec.id, peer]));
    this.server = engine.server(this.#site());
    after(async () => {
      await this.close();
      await this.server.destroy();
      rmSync(root, { recursive: true, force: true });
    });
  }

  get host(): string {
    return this.spec.place.host;
  }

  async apply(changes: Partial<ServerSpec> = {}): Promise<void> {
    this.spec = { ...this.spec, ...changes };
    await this.server.apply(this.spec);
    if (this.#fronts.length === 0)
      this.#fronts = await Promise.all(
        this.#engine.ports.map((port) =>
          openFront({
            hosts: [this.host],
            port,
            admits: () => true,
            connect: () => this.server.connect(port),
          }),
        ),
      );
  }

  /**
   * Serves it from a process of its own, which knows the folder and the spec alone; the returned function kills that with
   * SIGKILL. What this process served before is stopped.
   * @param module the file that exports the engine under the name `engine`
   */
  async elsewhere(module: string, engine: string): Promise<() => Promise<void>> {
    await this.close();
    await this.server.stop();
    const order: Order = { module, engine, folder: this.folder, spec: this.spec };
    const child = spawn(process.execPath, [join(import.meta.dirname, "testing-cloud.ts")], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.stdin.end(JSON.stringify(order));
    await Promise.race([
      new Promise((resolve) => child.stdout.once("data", resolve)),
      exited.then(() => Promise.reject(new Error("the process that serves the cluster has ended"))),
    ]);
    return () => {
      child.kill("SIGKILL");
      return exited;
    };
  }

  /** Closes the fronts. */
  async close(): Promise<void> {
    await Promise.all(this.#fronts.map((front) => front.close()));
    this.#fronts = [];
  }

  #site(): Site {
    return {
      folder: this.folder,
      serverOf: (id) => this.#peers.get(id)?.server,
      report: () => {},
      log: (line) => this.logged.push(line),
    };
  }
}

/** Waits until `isSo`, for as long as it takes: a test that waits for ever is ended by its runner. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
}
