import { type Attestation, daysBetween, type Settings } from "../../configuration.ts";
import { engineOf, known, type Resource } from "../../resources.ts";

/** Engines that hold data worth keeping. */
export const keepsData = new Set(["pg", "mysql", "mongodb", "advanced_pg", "advanced_mysql"]);

/** Whether a copy of a cluster was made from one of these, and passed its checks a short time ago. */
export function isProven(cluster: Resource, from: readonly string[], settings: Settings): boolean {
  const names = known(cluster.get("name"));
  return settings.proofs.some(
    (proof) =>
      proof.engine === engineOf(cluster) &&
      from.includes(proof.from) &&
      (names.length === 0 || names.includes(proof.clusterName)) &&
      isRecent(proof.on, settings),
  );
}

export const isAttested = (attestation: Attestation | undefined, settings: Settings): boolean =>
  attestation !== undefined && isRecent(attestation.on, settings);

const isRecent = (on: string, { limits, today }: Settings) => daysBetween(today, on) >= -limits.drillDays;
