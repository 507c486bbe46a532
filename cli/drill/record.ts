import { z } from "zod";
import { messageIn } from "../../runbooks/restore-drill/checks/result.ts";
import type { Api } from "../api.ts";
import { uninterrupted } from "../process.ts";
import { say, step } from "../progress.ts";
import { removeDrill, removeOrphans } from "./copy.ts";
import { runHere } from "./here.ts";
import { type About, recordPlan } from "./plan.ts";
import { type DrillStack, openDrillStack } from "./stack.ts";

const recording = z.object({ at: z.string(), tables: z.record(z.string(), z.object({ rows: z.number() })) });

/** Minutes that a recording may take: a job on App Platform has 30. */
const PATIENCE = 60;

/** Records what a cluster holds now, beside its canary, from inside the VPC. */
export async function record(api: Api, about: About): Promise<number> {
  const { source, id, name } = about;
  await removeOrphans(api, source.clusterId);
  const found = await uninterrupted(async () => {
    let stack: DrillStack | undefined;
    const plan = recordPlan(about);
    try {
      if (about.here) {
        const assignment = { ...plan.secret.assignment, id, engine: source.engine };
        return messageIn(await runHere("recordings/main.ts", JSON.stringify(assignment)), id);
      }
      const opened = await openDrillStack(id, api, plan);
      stack = opened;
      const { result } = await step(`Recording what ${source.clusterName} holds`, () => opened.up(PATIENCE));
      return JSON.parse(result ?? "null");
    } finally {
      stack?.remove();
      await removeDrill(api, name);
    }
  });
  const { at, tables } = recording.parse(found);
  const rows = Object.values(tables).reduce((sum, table) => sum + table.rows, 0);
  say(
    `Recorded ${Object.keys(tables).length} tables or collections with ${rows} rows; drill with --at ${at}`,
  );
  process.stdout.write(`${at}\n`);
  return 0;
}
