import type { RestorePoint } from "./point.ts";
import type { Source, TrustedSource } from "./source.ts";

/** What the drill's program is told (runbooks/restore-drill/config.ts). */

export interface About {
  source: Source;
  /** Id of this drill, and the name of all that it makes. */
  id: string;
  name: string;
  /** Whether the work is done on this machine rather than in the VPC. */
  here: boolean;
}

/** Of the canary's database, user and schema. */
const CANARY = "breakwater_canary";

const common = ({ source, id, name, here }: About) => ({
  id,
  engine: source.engine,
  region: source.region,
  vpcId: source.vpcId,
  job: here
    ? undefined
    : { appName: name, appRegion: source.region.replace(/\d+$/, ""), image: source.image },
});

/** What is told of the source: a secret. */
const sourceIn = ({ uri, canaryUri, ca }: Source) => ({
  product: { uri, ca },
  canary: canaryUri && { uri: canaryUri, ca },
});

/** @param rules who may connect to the copy beside the VPC: production's own sources, for checks from here. */
export function restorePlan(about: About, point: RestorePoint, rules: TrustedSource[] = []) {
  const { source, name } = about;
  const vpc = { type: "ip_addr", value: source.vpcRange };
  const plan = {
    ...common(about),
    copy: {
      name,
      version: source.version,
      size: source.size,
      storageMib: source.storageMib,
      trustedSources: [vpc, ...rules.filter(({ type, value }) => type === "ip_addr" && value !== vpc.value)],
      tags: ["breakwater-drill", `breakwater-drill:${source.clusterId}`],
      backup: { clusterName: source.clusterName, createdAt: point.requested },
      product: { database: source.database, user: source.user },
      canary: source.canaryUri && { database: CANARY, user: CANARY },
    },
  };
  const assignment = {
    target: point.target.toISOString(),
    source: sourceIn(source),
    periodSeconds: source.canaryPeriodSeconds,
    queries: source.queries,
  };
  return { plain: { plan }, secret: { assignment } };
}

/** Nothing is restored: what the source holds is recorded. */
export function recordPlan(about: About) {
  return { plain: { plan: common(about) }, secret: { assignment: { source: sourceIn(about.source) } } };
}
