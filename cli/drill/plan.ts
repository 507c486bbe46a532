import type { RestorePoint } from "./point.ts";
import type { Source, TrustedSource } from "./source.ts";

/** What the drill's program is told (runbooks/restore-drill/config.ts). */

interface About {
  source: Source;
  point: RestorePoint;
  id: string;
  /** Of what is made. */
  name: string;
  /** Whether the checks run on this machine rather than in the VPC. */
  here: boolean;
}

/** Of the canary's database, user and schema. */
const CANARY = "breakwater_canary";

/** @param rules who may connect to the copy beside the VPC: production's own sources, for checks from here. */
export function planOf({ source, point, id, name, here }: About, rules: TrustedSource[] = []): object {
  const vpc = { type: "ip_addr", value: source.vpcRange };
  return {
    id,
    name,
    engine: source.engine,
    version: source.version,
    size: source.size,
    storageMib: source.storageMib,
    region: source.region,
    vpcId: source.vpcId,
    trustedSources: [vpc, ...rules.filter(({ type, value }) => type === "ip_addr" && value !== vpc.value)],
    tags: ["breakwater-drill", `breakwater-drill:${source.clusterId}`],
    backup: { clusterName: source.clusterName, createdAt: point.requested },
    product: { database: source.database, user: source.user },
    canary: source.canaryUri && { database: CANARY, user: CANARY },
    checks: here
      ? undefined
      : { appName: name, appRegion: source.region.replace(/\d+$/, ""), image: source.image },
  };
}

/** What the checks are told of the source: a secret. */
export function assignmentOf({ source, point }: About): object {
  const { ca } = source;
  return {
    target: point.target.toISOString(),
    source: {
      product: { uri: source.uri, ca },
      canary: source.canaryUri && { uri: source.canaryUri, ca },
    },
    periodSeconds: source.canaryPeriodSeconds,
    queries: source.queries,
  };
}
