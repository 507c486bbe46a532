import { BlockList } from "node:net";
import type { Call } from "../../call.ts";
import { tagsOf } from "../../relations.ts";
import type { Saved } from "../../store.ts";
import type { Rule, Server } from "./cluster.ts";

/** Whoever connects to a cluster. */
export interface Source {
  /** IPv4. */
  readonly address: string;
  /** The UUID of the app whose process it is. Asked only where it matters: finding out takes time. */
  app(): string | undefined;
}

/** The trusted sources of a cluster or replica decide; while there are none, everyone may connect. */
export function isAdmitted(call: Call<unknown>, id: string, source: Source): boolean {
  const rules = call.store.byUrn<Server>(`do:dbaas:${id}`)?.rules ?? [];
  if (rules.length === 0) return true;
  if (rules.some((rule) => matchesAddress(call, rule, source.address))) return true;
  const app = source.app();
  return app !== undefined && rules.some((rule) => matchesApp(call, rule, app));
}

function matchesAddress(call: Call<unknown>, { type, value }: Rule, address: string): boolean {
  switch (type) {
    case "ip_addr":
      return isWithin(address, value);
    case "droplet":
      return dropletsAt(call, address).some(({ id }) => id === value);
    case "tag":
      return dropletsAt(call, address).some(({ urn = "" }) => tagsOf(call, urn).includes(value));
    case "k8s": // there are no Kubernetes clusters here
    case "app":
      return false;
  }
}

/** An app is trusted itself, or with the range of a VPC in which it has addresses. */
function matchesApp(call: Call<unknown>, { type, value }: Rule, app: string): boolean {
  if (type === "app") return value === app;
  const egress = call.store.byUrn<{ egress_ips?: string[] }>(`do:app:${app}`)?.egress_ips ?? [];
  return type === "ip_addr" && egress.some((address) => isWithin(address, value));
}

/** A client that has bound itself to a droplet's address counts as the droplet. */
const dropletsAt = (call: Call<unknown>, address: string): Saved<{ address?: string }>[] =>
  call.store.withUrn<{ address?: string }>("droplet").filter((droplet) => droplet.address === address);

export function isWithin(address: string, range: string): boolean {
  const [network = "", bits = "32"] = range.split("/");
  const list = new BlockList();
  list.addSubnet(network, Number(bits), "ipv4");
  return list.check(address);
}
