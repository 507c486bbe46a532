import { measureRestore, measureSpaces } from "../../local/bench.ts";
import { contentOf, tablesOf } from "../../runbooks/restore-drill/recordings/postgres.ts";
import { step } from "../progress.ts";
import { type Figure, median, ratio } from "./figure.ts";

/**
 * A fork of a database up to its first answer, beside copying the same backup and replaying the same log by hand; and the reading
 * of all rows that a drill does, beside counting them.
 */
export async function restoreFigures(megabytes: number, runs: number): Promise<Figure[]> {
  const { forks, floors, reads, counts } = await step("Measuring a restore of PostgreSQL", () =>
    measureRestore(megabytes, Math.min(runs, 3), async (client) => {
      for (const table of await tablesOf(client)) await contentOf(client, table);
    }),
  );
  return [
    ratio("restore of PostgreSQL / by hand", forks, floors, 1.25, `, ${megabytes} MB`),
    ratio("drill's reading of it / count(*)", reads, counts, 2),
  ];
}

/** Objects, beside copying a file of their size on the same disk; a PUT is on the disk when it is answered. */
export async function spacesFigures(runs: number): Promise<Figure[]> {
  const { puts, syncedCopies, gets, copies, smallGets } = await step("Measuring Spaces", () =>
    measureSpaces(runs),
  );
  return [
    ratio("Spaces: PUT of 64 MB / cp and sync", puts, syncedCopies, 2),
    ratio("Spaces: GET of 64 MB / cp", gets, copies, 2),
    {
      name: "Spaces: CPU of a GET of 1 KB",
      value: median(smallGets),
      limit: 1,
      unit: "ms",
      detail: `${Math.round(1000 / median(smallGets))} a second on one core`,
    },
  ];
}
