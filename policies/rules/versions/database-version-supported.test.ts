import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { databaseVersionSupported } from "./database-version-supported.ts";

const cluster = (engine: unknown, version: unknown) => [resource(types.databaseCluster, { engine, version })];

cases(databaseVersionSupported, {
  today: new Date("2026-11-24"),
  good: {
    "the newest": cluster("pg", "18"),
    "one with years to go": cluster("pg", "16"),
    MongoDB: cluster("mongodb", "8.0"),
    Valkey: cluster("valkey", "8"),
    "an engine that nobody knows": cluster("cassandra", "1"),
    "a version that is missing": cluster("pg", undefined),
  },
  bad: {
    "one that ended this month": [cluster("pg", "14"), "version", /pg is over since 2026-11-12.*raise/],
    "one in capitals": [cluster("PG", "14"), "version", /pg is over since 2026-11-12/],
    "an old one": [cluster("pg", "9.6"), "version", /over since/],
    "MongoDB 7": [cluster("mongodb", "7.0"), "version", /mongodb is over since 2026-08-01/],
    "Redis of any version": [cluster("redis", "7"), "version", /Valkey/],
    "a version as a number": [cluster("pg", 13), "version", /over since 2025-11-13/],
    "MySQL 5": [cluster("mysql", "5.7"), "version", /mysql/],
  },
  unknown: {
    "the version": [cluster("pg", unknown), "version"],
    "the engine": [cluster(unknown, "17"), "engine"],
  },
});
cases(databaseVersionSupported, {
  today: new Date("2026-11-12T12:00:00Z"),
  good: { "one on its last day": cluster("pg", "14") },
  bad: {},
});
