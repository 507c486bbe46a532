import * as pulumi from "@pulumi/pulumi";
import { InvalidArguments } from "./base.ts";
import { trustedSourceProblem } from "./cidr.ts";

/** A rule of a database's firewall. */
interface Rule {
  type: string;
  value: string;
}

/**
 * The firewall of a database that trusts these addresses and ranges and nobody else. Each gets its last look when an
 * output has brought it.
 */
export function rulesFor(component: string, sources: pulumi.Input<string>[]): pulumi.Output<Rule[]> {
  return pulumi.all(sources).apply((all) =>
    all.map((value) => {
      const problem = trustedSourceProblem(value);
      if (problem) throw new InvalidArguments(component, [`trusted source ${value} ${problem}`]);
      return { type: "ip_addr", value };
    }),
  );
}

/** The addresses and ranges among some rules that open a database to strangers. */
export function strangers(rules: readonly Rule[]): string[] {
  return rules
    .filter(({ type, value }) => type === "ip_addr" && trustedSourceProblem(value))
    .map(({ value }) => value);
}
