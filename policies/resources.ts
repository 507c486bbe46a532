import type { PolicyResource } from "@pulumi/policy";

/** DigitalOcean's resources as rules see them. */

/** Type tokens. The SDK itself is never loaded: its classes cost a second of every preview. */
export const types = {
  databaseCluster: "digitalocean:index/databaseCluster:DatabaseCluster",
  databaseFirewall: "digitalocean:index/databaseFirewall:DatabaseFirewall",
} as const;

/**
 * Whether one of a resource's inputs comes from another resource. It holds on a first preview too, when the ids are unknown.
 *
 * @param input name of the input, for example `clusterId`.
 */
export function refersTo(from: PolicyResource, input: string, to: PolicyResource): boolean {
  return (from.propertyDependencies[input] ?? []).some(({ urn }) => urn === to.urn);
}
