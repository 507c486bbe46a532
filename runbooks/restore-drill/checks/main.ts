import { assignment } from "./assignment.ts";
import { linesOf } from "./result.ts";
import { run } from "./run.ts";

/**
 * The job of a drill: runs the checks that `DRILL` describes and writes the result into its log. It ends well also when checks fail:
 * a deployment that failed would say less than the result.
 */
const given = assignment.parse(JSON.parse(process.env.DRILL ?? "null"));
for (const line of linesOf(given.id, await run(given))) console.log(line);
