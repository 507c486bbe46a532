import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { statefulProtected } from "./stateful-protected.ts";

const real = { provider: { apiEndpoint: "https://api.digitalocean.com" } };

cases(statefulProtected, {
  good: {
    "a cluster that is protected": [resource(types.databaseCluster, {}, { protect: true })],
    "a rehearsal's, where nothing is real": [
      resource(types.databaseCluster, {}, { provider: { apiEndpoint: "http://127.0.0.1:7480" } }),
      resource(types.vpc, {}, { name: "6", provider: { apiEndpoint: "http://[::1]:7480" } }),
    ],
    "a cluster of which little is known": [
      resource(types.databaseCluster, { engine: unknown }, { protect: true }),
    ],
    "what holds nothing": [resource(types.droplet)],
  },
  bad: {
    "a cluster that is not": [
      [resource(types.databaseCluster)],
      "",
      /may replace or delete it.*protect: true/,
    ],
    "a bucket at the real API": [[resource(types.spacesBucket, {}, real)], "", /may replace or delete/],
    "one whose API only looks near": [
      [resource(types.vpc, {}, { provider: { apiEndpoint: "http://localhost.example.com" } })],
      "",
      /may replace/,
    ],
  },
});
