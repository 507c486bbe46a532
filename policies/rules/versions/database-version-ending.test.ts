import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { databaseVersionEnding } from "./database-version-ending.ts";

const cluster = (engine: unknown, version: unknown) => [resource(types.databaseCluster, { engine, version })];

cases(databaseVersionEnding, {
  today: new Date("2027-08-01"),
  good: {
    "one with years to go": cluster("pg", "17"),
    "one that is over, which another rule tells": cluster("pg", "14"),
    "a version that is missing": cluster("pg", undefined),
  },
  bad: { "one with months to go": [cluster("pg", "15"), "version", /pg ends on 2027-11-11.*raise/] },
  unknown: { "the version": [cluster("pg", unknown), "version"] },
});
cases(databaseVersionEnding, {
  today: new Date("2027-08-01"),
  settings: { limits: { endOfLifeDays: 30 } },
  good: { "one outside the stack's window": cluster("pg", "15") },
  bad: {},
});
