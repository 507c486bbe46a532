import type { Call } from "../../call.ts";
import type { Saved } from "../../store.ts";
import { certificateNamed, useCertificates } from "../certificates.ts";
import { writeApexRecords } from "./dns.ts";
import type { LoadBalancer } from "./load-balancer.ts";

/** What a balancer's settings mean for its certificates and for the zones of their names; `before` is what it was. */
export function follow(call: Call, balancer: Saved<LoadBalancer>, before: LoadBalancer | undefined): void {
  const names = usedBy(balancer);
  useCertificates(call, balancer.urn ?? "", names);
  if (balancer.disable_lets_encrypt_dns_records) return;
  const old = before ? usedBy(before) : [];
  const fresh = names
    .filter((name) => !old.includes(name))
    .flatMap((name) => certificateNamed(call, name) ?? []);
  writeApexRecords(call, fresh, addressOf(balancer));
}

const usedBy = ({ rules, domains }: LoadBalancer): string[] => [
  ...new Set([...rules, ...domains].flatMap(({ certificate }) => certificate ?? [])),
];

export const addressOf = ({ network, place }: LoadBalancer): string =>
  network === "INTERNAL" ? place.privateHost : place.host;
