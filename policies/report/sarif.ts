import { createHash } from "node:crypto";
import type { Rule } from "../rule.ts";
import { type Finding, stops } from "./findings.ts";
import type { PolicyReport } from "./report.ts";

/** SARIF 2.1.0, which code hosts show beside the lines of a pull request (OASIS, 2020-03-27). */

/**
 * What GitHub takes of one run: more results are refused as a whole, and of a message or description no more is shown (GitHub's
 * documentation, "SARIF support for code scanning").
 */
const MOST_RESULTS = 25_000;
const MOST_TEXT = 1024;

/** What GitHub sorts by: `security-severity`, from 0 to 10. */
const scores: Record<string, string> = { critical: "9.5", high: "8.0", medium: "5.5", low: "3.0" };

export function sarif({ pack, file, source, rules, findings, notes }: PolicyReport): object {
  const kept = findings.slice(0, MOST_RESULTS); // worst first
  const described = [...rules.map(descriptor), ...undescribed(rules, kept)];
  const left = findings.length - kept.length;
  const told =
    left > 0 ? [...notes, `${left} more findings are left out: a host takes ${MOST_RESULTS}.`] : notes;
  const index = new Map(described.map(({ id }, place) => [id, place]));
  return {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: pack.name, semanticVersion: pack.version, rules: described } },
        // Findings of the same stack replace each other; those of another one stand beside them.
        automationDetails: { id: `policies/${file}/` },
        invocations: [
          {
            executionSuccessful: true,
            exitCode: findings.some(stops) ? 1 : 0,
            ...(told.length > 0 && {
              toolExecutionNotifications: told.map((text) => ({ level: "note", message: { text } })),
            }),
          },
        ],
        properties: { source },
        results: kept.map((finding) => result(finding, file, index.get(finding.rule) ?? -1)),
      },
    ],
  };
}

function descriptor({ name, description, fix, url, severity, group, level, references = [] }: Rule) {
  return {
    id: name,
    shortDescription: { text: short(description) },
    fullDescription: { text: short(description) },
    help: { text: `To fix: ${fix}.` },
    helpUri: url,
    defaultConfiguration: { level: level === "mandatory" ? "error" : "warning" },
    properties: { tags: ["security", group], "security-severity": scores[severity] ?? "5.5", references },
  };
}

/** Rules that findings name and that the pack has no description of: those about the settings, and those of other packs. */
function undescribed(rules: readonly Rule[], findings: readonly Finding[]) {
  const known = new Set(rules.map(({ name }) => name));
  const others = findings.filter(({ rule }) => !known.has(rule));
  return [...new Map(others.map((finding) => [finding.rule, finding])).values()].map((finding) => ({
    id: finding.rule,
    shortDescription: { text: short(finding.description || finding.rule) },
    fullDescription: { text: short(finding.description || finding.rule) },
    help: { text: `To fix: ${finding.fix || "see the rule"}` },
  }));
}

function result(finding: Finding, file: string, ruleIndex: number) {
  const { rule, urn, type, name, property, wrong, fix, severity, level, references, kind } = finding;
  const place = property ? ` at ${property}` : "";
  return {
    ruleId: rule,
    ruleIndex,
    level: stops(finding) ? "error" : kind === "excepted" ? "note" : "warning",
    message: { text: short(`${type.split(":").at(-1)} ${name}${place}: ${wrong}. To fix: ${fix}`) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: file }, region: { startLine: 1 } },
        logicalLocations: [{ name, fullyQualifiedName: urn, kind: "resource" }],
      },
    ],
    // GitHub knows findings again by this one alone, and would else make one of all that stand at one line.
    partialFingerprints: { primaryLocationLineHash: fingerprint(rule, urn, property, kind) },
    ...(kind === "excepted" && {
      suppressions: [{ kind: "external", status: "accepted", justification: wrong }],
    }),
    properties: { kind, severity, enforcement: level, property, references },
  };
}

const short = (text: string) => (text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT - 1)}…` : text);

/** The same finding has the same one in every run, whatever its words are. */
const fingerprint = (...parts: string[]) =>
  createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 32);
