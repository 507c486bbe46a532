import type { Rule } from "../rule.ts";
import { type Finding, stops } from "./findings.ts";
import { sarif } from "./sarif.ts";

/** A report on a stack, and the forms that it takes. */
export interface PolicyReport {
  stack: string;
  /** What was looked at: a preview of the rehearsal, of the stack itself, or a file. */
  source: string;
  /** The stack file, for code hosts that show findings beside a file. */
  file: string;
  pack: { name: string; version: string };
  rules: readonly Rule[];
  findings: readonly Finding[];
  /** What a reader should know beside the findings. */
  notes: readonly string[];
}

export const formats = {
  table: text,
  markdown,
  json: (report: PolicyReport) => `${JSON.stringify(data(report), undefined, 2)}\n`,
  sarif: (report: PolicyReport) => `${JSON.stringify(sarif(report), undefined, 2)}\n`,
} as const;

/** One sentence on how it ended. */
export function verdict({ findings, rules }: PolicyReport): string {
  const count = (kind: Finding["kind"], level?: string) =>
    findings.filter((each) => each.kind === kind && (level === undefined || each.level === level)).length;
  const parts = [
    `${count("violation", "mandatory")} violations`,
    `${count("undecided")} undecided`,
    ...(count("failed") > 0 ? [`${count("failed")} rules failed`] : []),
    `${findings.filter((each) => each.kind === "violation" && each.level !== "mandatory").length} advisories`,
    `${count("excepted")} exceptions`,
  ];
  return `${findings.some(stops) ? "Stopped" : "Passed"}: ${parts.join(", ")}; ${rules.length} rules.`;
}

function data({ stack, source, pack, rules, findings, notes }: PolicyReport) {
  return { stack, source, pack, passed: !findings.some(stops), rules: rules.length, findings, notes };
}

const headings: [title: string, is: (finding: Finding) => boolean][] = [
  ["Violations", (finding) => finding.kind === "violation" && finding.level === "mandatory"],
  ["Rules that failed", ({ kind }) => kind === "failed"],
  ["Undecided", ({ kind }) => kind === "undecided"],
  ["Advisories", (finding) => finding.kind === "violation" && finding.level !== "mandatory"],
  ["Exceptions", ({ kind }) => kind === "excepted"],
];

function grouped(findings: readonly Finding[]): [title: string, findings: Finding[]][] {
  return headings
    .map(([title, is]): [string, Finding[]] => [title, findings.filter(is)])
    .filter(([, found]) => found.length > 0);
}

const shortType = (type: string) => type.split(":").at(-1) ?? type;

function text(report: PolicyReport): string {
  const groups = grouped(report.findings).map(([title, findings]) =>
    [
      `${title}:`,
      ...findings.map(({ rule, severity, type, name, property, wrong, fix }) =>
        [
          `  ${rule} (${severity}): ${shortType(type)} ${name}`,
          `    ${property ? `${property}: ` : ""}${wrong}`,
          `    To fix: ${fix}`,
        ].join("\n"),
      ),
    ].join("\n"),
  );
  const heading = `Policies on ${report.stack} (${report.source})`;
  return `${[heading, ...groups, ...report.notes, verdict(report)].join("\n\n")}\n`;
}

function markdown(report: PolicyReport): string {
  const groups = grouped(report.findings).map(([title, findings]) =>
    [
      `## ${title}`,
      "",
      "| rule | severity | resource | property | what is wrong | how to fix | also known as |",
      "|---|---|---|---|---|---|---|",
      ...findings.map(({ rule, url, severity, type, name, property, wrong, fix, references }) => {
        const title = url ? `[${rule}](${url})` : rule;
        const cells = [`${shortType(type)} ${name}`, property, wrong, fix, references.join(", ")];
        return `| ${[title, severity, ...cells.map(escaped)].join(" | ")} |`;
      }),
    ].join("\n"),
  );
  const heading = `# Policies on ${escaped(report.stack)}`;
  const notes = report.notes.map(escaped);
  return `${[heading, `${verdict(report)} Source: ${escaped(report.source)}.`, ...groups, ...notes].join("\n\n")}\n`;
}

/** What Markdown would take for markup: names from a pull request must stay text on a page. */
const escaped = (words: string) => words.replace(/[\\<>*_[\]|]/g, (character) => `\\${character}`);
