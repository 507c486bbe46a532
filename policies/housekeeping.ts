import type { Settings } from "./configuration.ts";
import type { Exceptions } from "./exceptions.ts";
import type { Message } from "./message.ts";
import { PACK_CONFIG } from "./pack-config.ts";
import { housekeeping, type Rule } from "./rule.ts";

/** Judges the settings rather than a resource. */
interface SettingsRule extends Pick<Rule, "name" | "description" | "level" | "severity"> {
  check: (urns: readonly string[], report: (message: Message, urn?: string) => void) => void;
}

/** @param exceptions as they are once every resource was judged. */
export function housekeepingOf(
  rules: readonly Rule[],
  settings: Settings,
  exceptions: Exceptions,
): SettingsRule[] {
  return [
    {
      name: housekeeping.settings,
      description: "The pack's settings are right, and lower no mandatory rule.",
      level: "mandatory",
      severity: "high",
      check: (_urns, report) => {
        for (const { key, wrong } of [...settings.problems, ...wrongNames(rules, settings)]) {
          const file = key === PACK_CONFIG ? "the file of `--policy-pack-config`" : "the stack file";
          report({ path: key, wrong, fix: `mend this setting in ${file}.` });
        }
      },
    },
    {
      name: housekeeping.exceptions,
      description: "Every exception names one rule and one resource, is needed, and has not expired.",
      level: "mandatory",
      severity: "high",
      check: (urns, report) => {
        const fix = "mend this exception in the stack file, or take it out.";
        for (const { key, wrong } of exceptions.problems(urns)) report({ path: key, wrong, fix });
      },
    },
    {
      name: housekeeping.listing,
      description: "Exceptions in use are listed.",
      level: "advisory",
      severity: "low",
      check: (urns, report) => {
        for (const { exception, urn } of exceptions.used(urns)) {
          const { rule, owner, expires, reason } = exception;
          const wrong = `an exception from ${rule} holds until ${expires} (${owner}): ${reason}`;
          report({ path: "", wrong, fix: `keep ${rule} by ${expires}.` }, urn);
        }
      },
    },
  ];
}

function wrongNames(rules: readonly Rule[], { levels, mend }: Settings): { key: string; wrong: string }[] {
  const byName = new Map(rules.map((rule) => [rule.name, rule]));
  const ofLevels = Object.entries(levels).flatMap(([name, level]) => {
    const rule = byName.get(name);
    const key = `policies:levels.${name}`;
    if (!rule) return [{ key, wrong: "there is no such rule" }];
    return rule.level === "mandatory" && level !== "mandatory"
      ? [{ key, wrong: `the rule is mandatory and stays so; "${level}" needs an exception for a resource` }]
      : [];
  });
  const ofMend = mend.flatMap((name, index) => {
    const rule = byName.get(name);
    const mends = rule && "mend" in rule && rule.mend;
    return mends ? [] : [{ key: `policies:mend[${index}]`, wrong: `no rule ${name} can mend anything` }];
  });
  return [...ofLevels, ...ofMend];
}
