import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { valkeyEviction } from "./valkey-eviction.ts";

const valkey = (inputs: object) =>
  resource(types.databaseCluster, { engine: "valkey", ...inputs }, { name: "cache" });
const config = (valkeyMaxmemoryPolicy: unknown) =>
  resource(
    types.databaseValkeyConfig,
    { clusterId: unknown, valkeyMaxmemoryPolicy },
    { refers: { clusterId: [valkey({})] } },
  );

cases(valkeyEviction, {
  good: {
    "a choice in the cluster": [valkey({ evictionPolicy: "noeviction" })],
    "a choice in its configuration": [valkey({}), config("allkeys_lru")],
    "one that will be known, for no certain role": [valkey({}), config(unknown)],
    "a cache that forgets": [valkey({ tags: ["role:cache"], evictionPolicy: "allkeys_lru" })],
    "a cache that forgets, as a configuration writes it": [
      valkey({ tags: ["role:cache"] }),
      config("allkeys-lru"),
    ],
    "a choice for an old Redis": [
      valkey({ engine: "redis" }),
      resource(
        types.databaseRedisConfig,
        { maxmemoryPolicy: "allkeys-lru" },
        { refers: { clusterId: [valkey({})] } },
      ),
    ],
    "another engine": [resource(types.databaseCluster, { engine: "pg" })],
  },
  bad: {
    none: [[valkey({})], "", /nobody has chosen.*valkeyMaxmemoryPolicy/],
    "a queue that forgets": [
      [valkey({ tags: ["role:queue"], evictionPolicy: "allkeys_lru" })],
      "",
      /"role:queue" .* "allkeys_lru", not "noeviction"/,
    ],
    "a cache that fills up": [
      [valkey({ tags: ["role:cache"] }), config("noeviction")],
      "",
      /not "allkeys_lru"/,
    ],
  },
  unknown: {
    "the choice for a role": [[valkey({ tags: ["role:cache"] }), config(unknown)], "valkeyMaxmemoryPolicy"],
  },
});
