import { z } from "zod";
import { image } from "./app.ts";
import { dumps } from "./dumps.ts";
import { integer } from "./kinds.ts";
import { type Defaults, field } from "./schema-kit.ts";

/** Version of the operations image that this version of the program goes with. */
const OPERATIONS_TAG = "v0.1.0";

const queries = z.record(z.string().regex(/^[\w -]{1,60}$/), z.string().min(1));

/** Settings of what makes a recovery possible, and of what it must achieve. */
export const recovery = z.strictObject({
  objectives: field(
    z.strictObject({
      rtoMinutes: field(integer(1, 10_080), {
        description: "Minutes from the decision to restore until the restored data have passed all checks.",
        default: 120,
      }),
      rpoMinutes: field(integer(1, 10_080), {
        description:
          "Minutes of data that may be lost. DigitalOcean makes a backup a day, so less than 1440 needs restores to a point in time.",
        default: 1500,
      }),
    }),
    { description: "What a recovery must achieve. Each drill measures it and compares." },
  ),
  canary: field(
    z.strictObject({
      enabled: field(z.boolean(), {
        description:
          "Write the time into each managed cluster over and over, so that a drill can measure what a restore loses. Without it there is no RPO.",
        default: true,
      }),
      periodSeconds: field(integer(1, 3600), {
        description: "Seconds between two ticks: what RPO is measured to.",
        default: 10,
      }),
      recordMinutes: field(integer(0, 10_080), {
        description:
          "Minutes between two recordings of row counts and checksums, which a drill compares with; 0 makes none. Each reads all of the data.",
        default: 1440,
      }),
    }),
    {
      description:
        "The canary: a database `breakwater_canary` with a user of its own in each managed cluster, and a worker that fills it.",
      effect: "restarts",
    },
  ),
  queries: field(
    z.strictObject({
      postgres: field(queries, {
        description:
          "SQL by name, read-only. Each must find a row of the product's database in restored data: `select 1 from users limit 1`.",
        default: {},
        allowed: "must be SQL under a name of letters, digits, spaces and dashes",
      }),
      mongo: field(queries, {
        description:
          'Searches by name, as JSON: `{"collection": "resumes", "filter": {}}`. Each must find a document in restored data.',
        default: {},
        allowed: "must be JSON under a name of letters, digits, spaces and dashes",
      }),
    }),
    { description: "What the product asks of its databases: a drill asks the same of restored data." },
  ),
  dumps: field(dumps, {
    description:
      "Dumps of the databases, encrypted, in a bucket of another region: a cluster's own backups die with it. See runbooks/README.md.",
  }),
  image: field(image(), {
    description:
      "The worker and the drill's checks: runbooks/restore-drill/Dockerfile, in your own registry.",
    default: ({ environment }: Defaults) => ({
      registryType: "DOCR",
      repository: "breakwater-operations",
      tag: environment === "local" ? "local" : OPERATIONS_TAG,
    }),
    effect: "restarts",
  }),
});
