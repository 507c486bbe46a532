import { z } from "zod";
import { evictionPolicies } from "../components/cache-rules.ts";
import { valkeySizes, valkeyVersions } from "../components/catalog.ts";
import {
  caCertificate,
  clusterName,
  engineVersion,
  maintenance,
  provision,
  takenOver,
  trustedSources,
} from "./database.ts";
import { ha, integer } from "./kinds.ts";
import { type Defaults, field } from "./schema-kit.ts";

/** Settings of the Valkey cluster. */
export const cache = z.strictObject({
  provision: provision("cacheUri"),
  version: field(engineVersion(valkeyVersions), {
    description: "Major version. DigitalOcean upgrades by itself.",
    default: "8",
    allowed: `must be one of ${valkeyVersions.join(", ")}`,
  }),
  size: field(z.enum(valkeySizes), {
    description: "Plan of each node, half to two thirds of whose memory is there for keys. Resized in place.",
    default: (c: Defaults) => (ha(c) ? "db-s-1vcpu-2gb" : "db-s-1vcpu-1gb"),
    effect: "restarts",
  }),
  nodeCount: field(integer(1, 2), {
    description: "The primary and its standby. Two need a plan of 2 GiB or more.",
    default: (c: Defaults) => (ha(c) ? 2 : 1),
  }),
  evictionPolicy: field(z.enum(evictionPolicies), {
    description:
      "What happens when the memory is full. `noeviction` refuses writes: right for queues, sessions and revocations. `allkeys-lru` is right for a pure cache.",
    default: "noeviction",
  }),
  persistence: field(z.enum(["rdb", "off"]), {
    description:
      "`rdb` writes keys to disk every ten minutes when any has changed; `off` loses all at a restart. There are no backups either way.",
    default: "rdb",
  }),
  timeoutSeconds: field(integer(0, 31_536_000), {
    description: "Seconds after which an idle connection is closed; 0 never.",
    default: 300,
  }),
  trustedSources,
  maintenance,
  name: clusterName("cache"),
  import: takenOver({}),
  caCertificate,
});
