import type { Settings } from "../settings.ts";
import { dumped, operates } from "./costs.ts";

export { overlaps } from "../components/cidr.ts";

/** What index.ts calls things at DigitalOcean that must be free beforehand. A test compares both. */
export interface Names {
  project?: string;
  vpcs: { name: string; ipRange: string | undefined }[];
  clusters: string[];
  apps: string[];
  buckets: string[];
  /** The zone that the stack makes. */
  zone?: string;
}

/** Names that these settings make; what they take over, or find there, is not among them. */
export function namesOf(settings: Settings): Names {
  const { project, environment, network, postgres, mongo, cache, app, compute, documents, assets, domain } =
    settings;
  const dumps = { ...settings.recovery.dumps, enabled: dumped(settings) };
  const prefix = `${project.name}-${environment}`;
  const own = network.vpcId === undefined && network.import === undefined;
  const clusters = [
    { ...postgres, usual: `${prefix}-pg` },
    { ...mongo, usual: `${prefix}-mongo` },
    { ...cache, usual: `${prefix}-cache` },
  ].filter((cluster) => cluster.provision === "managed" && cluster.import === undefined);
  return {
    project: project.import === undefined ? prefix : undefined,
    vpcs: [
      ...(own ? [{ name: network.name ?? prefix, ipRange: network.ipRange }] : []),
      ...(network.separateData ? [{ name: `${prefix}-apps`, ipRange: network.appsIpRange }] : []),
    ],
    clusters: clusters.map(({ name, usual }) => name ?? usual),
    apps: [
      ...(postgres.provision === "managed" ? [`${prefix}-grants`] : []),
      ...(operates(settings) ? [`${prefix}-worker`] : []),
      ...(compute === "app-platform" && app.import === undefined ? [app.name ?? `${prefix}-api`] : []),
    ],
    buckets: [documents, assets, dumps].flatMap((bucket) =>
      bucket.enabled && bucket.import === undefined && bucket.name !== undefined ? [bucket.name] : [],
    ),
    zone: domain?.ownership === "own" && !domain.import ? domain.name : undefined,
  };
}
