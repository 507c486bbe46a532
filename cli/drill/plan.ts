import type { Dumps } from "./dumps.ts";
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

/** DigitalOcean's name for every cluster's administrator. */
const ADMINISTRATOR = "doadmin";

/** Of the canary's database, user and schema. */
const CANARY = "breakwater_canary";

/** What works on the source itself (runbooks/restore-drill). */
export type SourceProgram = "recordings/main.ts" | "dumps/now.ts";
type Program = "checks/main.ts" | SourceProgram;

const common = ({ source, id, name, here }: About, program: Program) => ({
  id,
  engine: source.engine,
  region: source.region,
  vpcId: source.vpcId,
  job: here
    ? undefined
    : { appName: name, appRegion: source.region.replace(/\d+$/, ""), image: source.image, program },
});

const tagsOf = ({ clusterId }: Source) => ["breakwater-drill", `breakwater-drill:${clusterId}`];

/** What is told of the source: a secret. */
const sourceIn = ({ databases, canaryUri, ca }: Source) => ({
  product: databases.map(({ uri }) => ({ uri, ca })),
  canary: canaryUri && { uri: canaryUri, ca },
});

/**
 * @param dumps where they are and what opens them, when the point is of dumps.
 * @param rules who may connect to the copy beside the VPC: production's own sources, for checks from here.
 */
export function restorePlan(
  about: About,
  point: RestorePoint,
  dumps: Dumps | undefined,
  rules: TrustedSource[] = [],
) {
  const { source, name } = about;
  const chosen = "dumps" in point ? point.dumps : undefined;
  const vpc = { type: "ip_addr", value: source.vpcRange };
  const plan = {
    ...common(about, "checks/main.ts"),
    copy: {
      name,
      version: source.version,
      size: source.size,
      storageMib: source.storageMib,
      trustedSources: [vpc, ...rules.filter(({ type, value }) => type === "ip_addr" && value !== vpc.value)],
      tags: tagsOf(source),
      backup: "dumps" in point ? undefined : { clusterName: source.clusterName, createdAt: point.requested },
      product: source.databases.map(({ name: database, user }) => ({
        database,
        user: chosen ? ADMINISTRATOR : user,
      })),
      canary: source.canaryUri && !chosen ? { database: CANARY, user: CANARY } : undefined,
    },
  };
  const assignment = {
    target: point.target.toISOString(),
    source: sourceIn(source),
    dumps: chosen &&
      dumps && {
        ...dumps,
        of: Object.fromEntries(chosen.map(({ database, startedAt }) => [database, startedAt])),
      },
    periodSeconds: source.canaryPeriodSeconds,
    queries: source.queries,
  };
  return { plain: { plan }, secret: { assignment } };
}

/** An empty cache, and a deployment of the product that has it in production's place. */
export function cachePlan(about: About) {
  const { source, name } = about;
  const { version, size, evictionPolicy } = source;
  const plan = {
    ...common(about, "checks/main.ts"),
    cache: {
      name,
      version,
      size,
      evictionPolicy,
      trustedSources: [{ type: "ip_addr", value: source.vpcRange }],
      tags: tagsOf(source),
    },
  };
  const assignment = {
    target: new Date().toISOString(),
    source: sourceIn(source),
    periodSeconds: source.canaryPeriodSeconds,
  };
  return { plain: { plan }, secret: { assignment, product: source.product } };
}

/** Nothing is restored: what the source holds is recorded, or dumped. */
export function sourcePlan(about: About, program: SourceProgram) {
  const { source } = about;
  const { recipients, ...store } = source.dumps ?? { recipients: [] };
  const dump = program === "dumps/now.ts" ? { store, recipients } : undefined;
  return {
    plain: { plan: common(about, program) },
    secret: { assignment: { source: sourceIn(source), dump } },
  };
}
