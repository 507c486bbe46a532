import { apiOf } from "./api.ts";
import { options } from "./arguments.ts";
import { type Difference, differences } from "./differences.ts";
import { UserError } from "./errors.ts";
import { CHANGES } from "./events.ts";
import { type Orphan, orphans, stateOf } from "./orphans.ts";
import { step } from "./progress.ts";
import { type Block, destination, publish, type Report, reportOptions } from "./report.ts";
import { isLocal, openStack } from "./stack.ts";
import { checkpoint } from "./state.ts";

/**
 * `npm run drift -- --stack S`: what differs between a stack's state and the cloud. Reads only: neither the state nor the cloud is
 * written. Ends with 7 on drift, and with 0 when there is none.
 */
export async function run(args: string[]): Promise<number> {
  const given = options("run drift", args, reportOptions);
  const to = destination(given);
  if (isLocal(given.stack) && !checkpoint(given.stack))
    throw new UserError(`there is no stack ${given.stack} yet: npm start brings stack local up`);
  const api = await apiOf(given.stack);
  const stack = await openStack(given.stack);
  const [changed, unknown] = await step("Comparing the state with the cloud", async () => [
    await differences(stack, api),
    await orphans(api, await stateOf(stack)),
  ]);
  publish(driftReport(stack.name, changed, unknown), to);
  return changed.length + unknown.length > 0 ? CHANGES : 0;
}

function driftReport(stack: string, changed: Difference[], unknown: Orphan[]): Report {
  const count = changed.length + unknown.length;
  const blocks: Block[] = [];
  if (changed.length > 0)
    blocks.push(
      { heading: "Not as the state has it" },
      {
        columns: ["resource", "type", "property", "in the state", "on the cloud"],
        rows: changed.flatMap(rowsOf),
      },
      "npm run pulumi -- up puts it back as the settings have it (pulumi up for a real stack); what shall stay belongs into the settings. " +
        "No writing refresh: it would restart apps that have secret variables.",
    );
  if (unknown.length > 0)
    blocks.push(
      { heading: "On the cloud, but not in the state" },
      { list: unknown.map(({ urn, by }) => `${urn} (in the stack's ${by})`) },
      "Left behind by a replacement or an interrupted command, or made by hand: docs/interrupted.md says how to take it over; else delete it.",
    );
  return {
    title:
      count === 0
        ? `Stack ${stack}: no drift`
        : `Stack ${stack} has drifted: ${count} ${count === 1 ? "thing differs" : "things differ"}`,
    blocks,
    data: { stack, drift: count > 0, differences: changed, orphans: unknown },
  };
}

/** One line for each property. Long values are cut; secrets were never there. */
function rowsOf({ name, type, what, properties }: Difference): string[][] {
  const kind = type.split(":").pop() ?? type;
  if (properties.length === 0)
    return [[name, kind, what, what === "gone" ? "there" : "", what === "gone" ? "not there" : ""]];
  return properties.map(({ path, state, cloud }) => [name, kind, path, cut(state), cut(cloud)]);
}

const MOST = 60;
const cut = (value = "(not shown)") => (value.length > MOST ? `${value.slice(0, MOST - 3)}...` : value);
