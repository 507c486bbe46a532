import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { AREAS } from "./api/areas.ts";
import { cloudFor, onlineCluster, SERVICE, settled } from "./testing.ts";

/** Words that bodies of some route hold, so that what is drawn gets past the first check. */
const word = fc.constantFrom(
  ...[
    "name",
    "region",
    "nyc1",
    "fra1",
    "engine",
    "pg",
    "mongodb",
    "valkey",
    "version",
    "17",
    "size",
    "db-s-1vcpu-1gb",
    "num_nodes",
    "rules",
    "type",
  ],
  ...[
    "ip_addr",
    "value",
    "10.0.0.0/8",
    "tags",
    "config",
    "storage",
    "enabled",
    "spec",
    "services",
    "envs",
    "key",
    "SECRET",
    "EV[1:a:b]",
    "resources",
  ],
  ...[
    "do:dbaas:1",
    "constructor",
    "__proto__",
    "toString",
    "",
    "default",
    "purpose",
    "is_default",
    "backup_restore",
    "database_name",
    "deployment_id",
  ],
  ...[
    "mode",
    "transaction",
    "db",
    "defaultdb",
    "user",
    "doadmin",
    "settings",
    "sink_type",
    "rsyslog",
    "day",
    "hour",
    "orders",
    "shop",
    "vpc",
    "id",
  ],
);
const { body } = fc.letrec((tie) => ({
  body: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    word,
    fc.integer({ min: -2, max: 10 }),
    fc.boolean(),
    fc.constant(null),
    tie("list"),
    tie("object"),
  ),
  list: fc.array(tie("body"), { maxLength: 3 }),
  object: fc.dictionary(word, tie("body"), { maxKeys: 6 }),
}));

test("no body makes the cloud fail, on any route", async (t) => {
  const failures: string[] = [];
  const cloud = await cloudFor(t, { log: (line) => line.includes('"error"') && failures.push(line) });
  const cluster = await onlineCluster(cloud, "orders");
  const app = await cloud.make("/v2/apps", { spec: { name: "shop", services: [SERVICE] } });
  await settled(cloud, app.id);
  const routes = AREAS.flatMap((area) => [
    ...(area.routes ?? []),
    ...area.resources.flatMap((resource) => resource.routes),
  ]);
  const calls = routes
    .filter(({ method }) => method !== "DELETE")
    .map(({ method, path }) => ({
      method,
      path: path
        .replace(/^(\/v2\/apps\/):(id|app)/, `$1${app.id}`)
        .replace(/^(\/v2\/databases\/):(id|owner)/, `$1${cluster.id}`)
        .replace(/^(\/v2\/projects\/):id/, "$1default")
        .replace("/users/:id", "/users/doadmin")
        .replace("/dbs/:id", "/dbs/defaultdb"),
    }));
  assert.ok(calls.length > 90);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...calls), body, async ({ method, path }, content) => {
      const { status } = await cloud.send(method, path, method === "GET" ? undefined : content);
      assert.ok(status < 500, `${method} ${path} ${JSON.stringify(content)}: ${status} ${failures.at(-1)}`);
    }),
    { numRuns: 1500 },
  );
});
