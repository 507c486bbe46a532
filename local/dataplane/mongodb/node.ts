import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ServerSpec } from "../engine.ts";
import { giveToServers, makePrivateFolder } from "../programs.ts";
import { type ServerKind, ServerProcess } from "../server-process.ts";
import type { Document } from "./bson.ts";
import { CommandError, run } from "./client.ts";

const KIND: ServerKind = {
  name: "mongodb",
  endSignal: "SIGTERM",
  quitSignal: "SIGKILL",
  patience: 10_000,
  passing: /address already in use/,
  failure: (printed) => new Error(`The MongoDB server does not start: ${printed.trim().split("\n").at(-1)}`),
};
/** FerretDB gives PostgreSQL five seconds, which can be too few on a busy machine: so often it may refuse. */
const REFUSALS = 5;

/** The process that speaks MongoDB's protocol. It has no data: all of them are in PostgreSQL. */
export class WireNode extends ServerProcess {
  readonly folder: string;

  constructor(folder: string) {
    super(folder, KIND);
    this.folder = folder;
  }

  /**
   * Starts it; done when the administrator is served. FerretDB reads the names of databases and collections once, as the first who
   * signs in sees them: so that has to be the administrator, who sees all.
   * @param postgres where PostgreSQL is reached, under the name that its certificate is for
   * @throws Error with the server's reason
   */
  serve(
    program: string,
    spec: ServerSpec,
    postgres: { host: string; port: number; database: string },
  ): Promise<void> {
    makePrivateFolder(this.folder);
    return this.start((port) => {
      let refusals = 0;
      return {
        command: program,
        args: [
          ...["-listen", `127.0.0.1:${port}`],
          ...["-certificate", this.#put("server.crt", spec.tls.certificate)],
          ...["-key", this.#put("server.key", spec.tls.key)],
          ...["-postgres", `${postgres.host}:${postgres.port}`, "-database", postgres.database],
          ...["-authority", this.#put("ca.crt", spec.ca)],
        ],
        cwd: this.folder,
        isUp: () =>
          this.run(spec, { listDatabases: 1, $db: "admin" }).then(
            () => true,
            (error: unknown) => {
              if (error instanceof CommandError && ++refusals === REFUSALS) throw error;
              return false;
            },
          ),
      };
    });
  }

  /** Commands of the administrator. */
  run({ users: [admin], ca, place }: ServerSpec, ...commands: readonly Document[]): Promise<Document[]> {
    if (!admin) throw new Error("a cluster has an administrator");
    const address = { host: "127.0.0.1", port: this.port, ca, certifiedHost: place.host };
    return run(address, { user: admin.name, password: admin.password }, ...commands);
  }

  #put(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    giveToServers(path);
    return path;
  }
}
