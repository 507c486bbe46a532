import { z } from "zod";
import { assignment, cluster } from "../checks/assignment.ts";
import { linesOf } from "../checks/result.ts";
import { makeDump } from "./dump.ts";
import { engines } from "./manifest.ts";
import { DumpStore } from "./store.ts";

/** Makes one dump of each database now, as the worker does at its own times, and says so in the log. `DRILL` describes it. */
const { id, engine, source, dump } = z
  .object({
    id: z.string(),
    engine: z.enum(engines),
    source: cluster,
    dump: assignment.shape.dump.unwrap(),
  })
  .parse(JSON.parse(process.env.DRILL ?? "null"));

const store = new DumpStore(dump.store);
try {
  const dumps: { database: string; startedAt: string; bytes: number }[] = [];
  for (const address of source.product) {
    const { database, startedAt, file } = await makeDump({ engine, ...address }, store, dump.recipients);
    dumps.push({ database, startedAt, bytes: file.bytes });
  }
  for (const line of linesOf(id, { dumps })) console.log(line);
} finally {
  store.close();
}
