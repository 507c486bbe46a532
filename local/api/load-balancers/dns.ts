import type { Call } from "../../call.ts";
import type { Certificate } from "../certificates.ts";
import { addRecord, recordsAt, zoneOf } from "../domains/domains.ts";

/**
 * With a Let's Encrypt certificate the platform points the apex of its zone at the load balancer, unless
 * `disable_lets_encrypt_dns_records` forbids it (godo#482). The record is the user's from then on: it stays when the
 * balancer goes, and it stands beside those that a program writes.
 */
export function writeApexRecords(
  call: Call<unknown>,
  certificates: readonly Certificate[],
  address: string,
): void {
  const names = certificates
    .filter(({ type }) => type === "lets_encrypt")
    .flatMap(({ dns_names }) => dns_names);
  const zones = new Map(
    names.flatMap((name) => zoneOf(call, name.replace(/^\*\./, "")) ?? []).map((zone) => [zone.id, zone]),
  );
  for (const zone of zones.values()) {
    const atApex = recordsAt(call, zone, "@");
    const isThere = atApex.some(({ type, data }) => type === "A" && data === address);
    if (!isThere) addRecord(call, zone, { type: "A", name: "@", data: address });
  }
}
