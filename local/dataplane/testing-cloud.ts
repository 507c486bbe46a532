import { text } from "node:stream/consumers";
import type { Engine, ServerSpec } from "./engine.ts";
import { openFront } from "./front.ts";

// A cloud of one server, in a process that a test can kill (testing.ts). It is told what to serve on its stdin.

export interface Order {
  /** The module's address and what the engine is called there. */
  readonly module: string;
  readonly engine: string;
  readonly folder: string;
  readonly spec: ServerSpec;
}

const { module, engine: name, folder, spec }: Order = JSON.parse(await text(process.stdin));
const engine: Engine = (await import(module))[name];
const server = engine.server({
  folder,
  serverOf: () => undefined,
  report: () => {},
  log: (line) => console.error(line),
});
await server.apply(spec);
for (const port of engine.ports)
  await openFront({
    hosts: [spec.place.host],
    port,
    admits: () => true,
    connect: () => server.connect(port),
  });
process.stdout.write("ready\n");
