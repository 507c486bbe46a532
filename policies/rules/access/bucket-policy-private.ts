import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

interface Statement {
  Effect?: unknown;
  Principal?: unknown;
  NotPrincipal?: unknown;
  Condition?: unknown;
}

export const bucketPolicyPrivate: ResourceRule = {
  name: "bucket-policy-private",
  description: "A bucket's policy lets in nobody that it does not name.",
  group: "access",
  severity: "critical",
  level: "mandatory",
  references: ["spaces-bucket-policy-not-public"],
  url: docs.spaces,
  fix: "name who is let in, or use a `SpacesKey` with a grant on the bucket and no policy",
  types: [types.spacesBucketPolicy],
  check: (bucketPolicy, report) => {
    const policy = bucketPolicy.get("policy");
    if (policy.isAbsent) return;
    const statements = statementsOf(policy.text() ?? "");
    if (!statements)
      report(policy, "this is no policy in JSON", "write a policy of version 2012-10-17 in JSON");
    for (const [index, statement] of (statements ?? []).entries()) {
      if (statement.Effect !== "Allow" || isFromFew(statement.Condition)) continue;
      if (statement.NotPrincipal !== undefined || isEverybody(statement.Principal))
        report(policy, `statement ${index + 1} lets everybody in`);
    }
  },
};

function statementsOf(text: string): Statement[] | undefined {
  try {
    const { Statement: all } = Object(JSON.parse(text));
    return [all].flat().filter((one): one is Statement => typeof one === "object" && one !== null);
  } catch {
    return undefined;
  }
}

/** Whether a condition names the addresses: single ones, or ranges of 256 at most. */
function isFromFew(condition: unknown): boolean {
  const addresses = Object(Object(condition).IpAddress)["aws:SourceIp"];
  const all = [addresses].flat();
  return all.length > 0 && all.every((one) => /^[\d.]+(\/(2[4-9]|3[0-2]))?$/.test(String(one)));
}

function isEverybody(principal: unknown): boolean {
  if (principal === "*") return true;
  if (Array.isArray(principal)) return principal.some(isEverybody);
  return typeof principal === "object" && principal !== null && Object.values(principal).some(isEverybody);
}
