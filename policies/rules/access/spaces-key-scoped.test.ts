import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { spacesKeyScoped } from "./spaces-key-scoped.ts";

const key = (...grants: unknown[]) => [resource(types.spacesKey, { name: "api", grants })];

cases(spacesKeyScoped, {
  good: {
    "grants on buckets": key(
      { bucket: "a", permission: "read" },
      { bucket: unknown, permission: "readwrite" },
    ),
  },
  bad: {
    "one of which nothing is told": [[resource(types.spacesKey)], "grants", /the key has no grants, so it o/],
    "every bucket": [
      key({ bucket: "", permission: "fullaccess" }),
      "grants[0].permission",
      /every bucket.*readwrite/,
    ],
    "no bucket": [key({ bucket: "", permission: "read" }), "grants[0].bucket", /no bucket/],
    "no grants": [[resource(types.spacesKey, { name: "api" })], "grants", /no grants/],
  },
  unknown: { "a permission": [key({ bucket: "a", permission: unknown }), "grants[0].permission"] },
});
