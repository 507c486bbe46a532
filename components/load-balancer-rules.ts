import type { LoadBalancerArgs } from "./load-balancer.ts";
import { nameProblem } from "./names.ts";

/** Who may reach a load balancer. Where both lists have entries, what is allowed may be denied again. */
export interface BalancerFirewall {
  /** Entries such as `ip:203.0.113.7` and `cidr:203.0.113.0/24`; all others are refused. @default everyone */
  allows?: string[];
  /** Entries that are refused. @default nobody */
  denies?: string[];
}

/** What is wrong with an entry of a load balancer's firewall. */
export function firewallEntryProblem(entry: string): string | undefined {
  const octet = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";
  const address = `${octet}(\\.${octet}){3}`;
  return new RegExp(`^(ip:${address}|cidr:${address}/([12]?\\d|3[0-2]))$`).test(entry)
    ? undefined
    : "must be ip:ADDRESS or cidr:RANGE, such as cidr:203.0.113.0/24";
}

/** What is wrong with these arguments, one line each. */
export function loadBalancerProblems(name: string, args: LoadBalancerArgs): string[] {
  const problems: string[] = [];
  const { nodes = 2, idleTimeoutSeconds = 60, port, healthPath, firewall } = args;
  const complain = (what: string, problem: string | undefined) => {
    if (problem) problems.push(`${what} ${problem}`);
  };
  const balancerName = args.balancerName ?? name;
  complain(
    `balancerName ${balancerName}`,
    nameProblem("digitalocean:index/loadBalancer:LoadBalancer", balancerName),
  );
  complain(`backendTag ${args.backendTag}`, nameProblem("digitalocean:index/tag:Tag", args.backendTag));
  const between = (value: number, min: number, max: number) =>
    Number.isInteger(value) && value >= min && value <= max ? undefined : `must be ${min} to ${max}`;
  complain(`nodes ${nodes}`, between(nodes, 1, 100));
  complain(`port ${port}`, between(port, 1, 65_535));
  complain(`idleTimeoutSeconds ${idleTimeoutSeconds}`, between(idleTimeoutSeconds, 30, 600));
  if (!healthPath.startsWith("/")) complain(`healthPath ${healthPath}`, "must start with /");
  for (const key of ["allows", "denies"] as const)
    for (const entry of firewall?.[key] ?? [])
      complain(`firewall.${key} ${entry}`, firewallEntryProblem(entry));
  return problems;
}
