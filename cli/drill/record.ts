import { z } from "zod";
import { messageIn } from "../../runbooks/restore-drill/checks/result.ts";
import type { Api } from "../api.ts";
import { UserError } from "../errors.ts";
import { uninterrupted } from "../process.ts";
import { say, step } from "../progress.ts";
import { removeDrill, removeOrphans } from "./copy.ts";
import { runHere } from "./here.ts";
import { type About, type SourceProgram, sourcePlan } from "./plan.ts";
import { type DrillStack, openDrillStack } from "./stack.ts";

const recorded = z.object({
  recordings: z
    .array(z.object({ at: z.string(), tables: z.record(z.string(), z.object({ rows: z.number() })) }))
    .min(1),
});
const dumped = z.object({
  dumps: z.array(z.object({ database: z.string(), startedAt: z.string(), bytes: z.number() })).min(1),
});

/** Minutes that either may take: a job on App Platform has 30. */
const PATIENCE = 60;

/** Records what a cluster holds now, beside its canary, from inside the VPC. Prints the time. */
export async function record(api: Api, about: About): Promise<number> {
  const { recordings } = recorded.parse(
    await onSource(api, about, "recordings/main.ts", `Recording what ${about.source.clusterName} holds`),
  );
  const tables = recordings.flatMap((recording) => Object.values(recording.tables));
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const at = recordings.at(-1)?.at ?? "";
  say(`Recorded ${tables.length} tables or collections with ${rows} rows; drill with --at ${at}`);
  process.stdout.write(`${at}\n`);
  return 0;
}

/** Makes a dump of each database now, from inside the VPC. Prints the time of the last. */
export async function dump(api: Api, about: About, stack: string): Promise<number> {
  const { clusterName, dumps: target } = about.source;
  if (!target)
    throw new UserError(
      `stack ${stack} keeps no dumps: set breakwater:recovery.dumps.recipients and bring it up (runbooks/README.md)`,
    );
  const { dumps } = dumped.parse(await onSource(api, about, "dumps/now.ts", `Dumping ${clusterName}`));
  for (const { database, startedAt, bytes } of dumps)
    say(`Dumped ${database} as of ${startedAt}: ${bytes} bytes, encrypted, in ${target.bucket}`);
  process.stdout.write(`${dumps.at(-1)?.startedAt}\n`);
  return 0;
}

/** Has a program work on the source, in a throwaway app, and gives what it says. */
async function onSource(api: Api, about: About, program: SourceProgram, title: string): Promise<unknown> {
  const { source, id, name } = about;
  await removeOrphans(api, source.clusterId);
  return uninterrupted(async () => {
    let stack: DrillStack | undefined;
    const plan = sourcePlan(about, program);
    try {
      if (about.here) {
        const assignment = { ...plan.secret.assignment, id, engine: source.engine };
        return messageIn(await runHere(program, JSON.stringify(assignment)), id);
      }
      const opened = await openDrillStack(id, api, plan);
      stack = opened;
      const { result } = await step(title, () => opened.up(PATIENCE));
      return JSON.parse(result ?? "null");
    } finally {
      stack?.remove();
      await removeDrill(api, name);
    }
  });
}
