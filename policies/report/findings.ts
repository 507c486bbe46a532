import { isFailure, read, readUndecided } from "../message.ts";
import { housekeeping, type Rule } from "../rule.ts";

/** What the engine's events say about policies, as findings that a report shows. */

export interface Finding {
  /** `undecided`: only the deployment will tell. `excepted`: an exception covers it. `failed`: the rule itself is broken. */
  kind: "violation" | "undecided" | "excepted" | "failed";
  rule: string;
  level: string;
  severity: string;
  /** The resource; the stack itself for a finding about the whole of it. */
  urn: string;
  type: string;
  name: string;
  /** Path of the property; empty when no single one is wrong. */
  property: string;
  wrong: string;
  fix: string;
  description: string;
  url: string;
  /** Ids of published rules that say the same. */
  references: readonly string[];
}

/** Whether a finding stops a deployment: a broken mandatory rule, and whatever nobody could judge. */
export const stops = ({ kind, level }: Finding): boolean =>
  kind === "undecided" || kind === "failed" || (kind === "violation" && level === "mandatory");

/**
 * The findings in the events of a command (`--event-log`, or `policy analyze --json`), worst first. Findings of other packs are among them.
 *
 * @param rules of the pack, for what events don't carry.
 */
export function findingsOf(events: readonly unknown[], rules: readonly Rule[]): Finding[] {
  const byName = new Map(rules.map((rule) => [rule.name, rule]));
  const found = events.flatMap((event) => [...ofPolicy(event, byName), ...ofStep(event)]);
  const once = new Map(found.map((finding) => [JSON.stringify(finding), finding]));
  return [...once.values()].sort(
    (a, b) => rank(a) - rank(b) || compare(a.rule, b.rule) || compare(a.urn, b.urn),
  );
}

const severities = ["critical", "high", "medium", "low"];
const rank = (finding: Finding) =>
  (stops(finding) ? 0 : 10) +
  ((severities.indexOf(finding.severity) + severities.length + 1) % (severities.length + 1));
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function ofPolicy(event: unknown, rules: ReadonlyMap<string, Rule>): Finding[] {
  const told = at(event, "policyEvent");
  if (typeof told !== "object" || told === null) return [];
  const text = (key: string) => String(at(told, key) ?? "").replace(/<\{%.*?%\}>/g, "");
  const name = text("policyName");
  const rule = rules.get(name);
  const about = (urn: string) => ({
    rule: name,
    level: text("enforcementLevel"),
    severity: text("severity") || (rule?.severity ?? "medium"),
    ...placeOf(urn),
    description: rule?.description ?? "",
    url: rule?.url ?? "",
    references: rule?.references ?? [],
  });
  const urn = text("resourceUrn");
  const message = text("message").trim();

  const open = readUndecided(message);
  if (open)
    return open.map((path) => ({
      kind: "undecided",
      ...about(urn),
      level: rule?.level ?? text("enforcementLevel"),
      property: path,
      wrong: `only the deployment will tell ${path || "what this depends on"}, so nothing is decided`,
      fix: "give it a value that is known beforehand, or look at it after a rehearsal",
    }));
  const parts = read(message) ?? { path: "", wrong: message, fix: rule?.fix ?? "" };
  const kind = isFailure(parts) ? "failed" : name === housekeeping.listing ? "excepted" : "violation";
  return [{ kind, ...about(urn), property: parts.path, wrong: parts.wrong, fix: parts.fix }];
}

/** Types whose loss loses data. That an update replaces or deletes one is seen in its steps, not in its inputs. */
const stateful = /^digitalocean:index\/(?:databaseCluster|databaseDb|spacesBucket|volume|vpc):/;

/** A planned step that would lose data: a rule that no policy can be, since the engine shows policies what is, and not what goes. */
function ofStep(event: unknown): Finding[] {
  const step = at(event, "resourcePreEvent", "metadata");
  const op = String(at(step, "op") ?? "");
  const type = String(at(step, "type") ?? "");
  if (!/^(?:delete|replace|create-replacement|delete-replaced)$/.test(op) || !stateful.test(type)) return [];
  return [
    {
      kind: "violation",
      rule: "stateful-kept",
      level: "mandatory",
      severity: "critical",
      ...placeOf(String(at(step, "urn"))),
      property: "",
      wrong:
        op === "delete"
          ? "this update deletes it, with what it holds"
          : "this update replaces it, and what it holds is gone",
      fix: "undo the change, or make it on purpose in an update of its own after a dump",
      description: "No update replaces or deletes what holds data.",
      url: "https://www.pulumi.com/docs/iac/concepts/options/protect/",
      references: [],
    },
  ];
}

function placeOf(urn: string): { urn: string; type: string; name: string } {
  const [path = "", name = ""] = urn.split("::").slice(2);
  return { urn, type: path.split("$").at(-1) ?? "", name };
}

function at(value: unknown, ...keys: string[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}
