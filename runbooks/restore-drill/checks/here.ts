import { assignment } from "./assignment.ts";
import { run } from "./run.ts";

/** The checks for someone who has the network: the result goes to stdout as JSON. */
const given = assignment.parse(JSON.parse(process.env.DRILL ?? "null"));
process.stdout.write(JSON.stringify(await run(given)));
