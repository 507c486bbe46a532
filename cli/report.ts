import { writeFileSync } from "node:fs";
import { extname, resolve } from "node:path";
import { UserError } from "./errors.ts";

/** What a command found, for people on a terminal, for a page, and for programs: written once, shown in three forms. */
export interface Report {
  title: string;
  blocks: Block[];
  /** The same as data. */
  data: unknown;
}

/** A paragraph, a list, or a table. */
export type Block = string | { heading: string } | { list: string[] } | Table;

export interface Table {
  columns: string[];
  rows: string[][];
  /** Columns of numbers, which stand at the right. @default none */
  numbers?: string[];
}

const formats = ["table", "json", "markdown"] as const;
type Format = (typeof formats)[number];

/** What a file's name says of its form. */
const extensions: Record<string, Format> = { ".json": "json", ".md": "markdown", ".txt": "table" };

/** Options of every command that reports. */
export const reportOptions = {
  stack: { type: "string", short: "s", default: process.env.PULUMI_STACK || "local" },
  format: { type: "string", default: "table" },
  out: { type: "string", multiple: true, default: [] as string[] },
} as const;

export interface Destination {
  format: Format;
  files: { path: string; format: Format }[];
}

/** @throws UserError for a form that there is not: told before the work begins. */
export function destination({ format, out }: { format: string; out: string[] }): Destination {
  const known = formats.find((name) => name === format);
  if (!known) throw new UserError(`--format is "${format}"; allowed: ${formats.join(", ")}`);
  const files = out.map((path) => {
    const form = extensions[extname(path)];
    if (!form)
      throw new UserError(`--out is "${path}": its name must end in ${Object.keys(extensions).join(", ")}`);
    return { path: resolve(path), format: form };
  });
  return { format: known, files };
}

/** Prints a report, and writes it to the files that were asked for. */
export function publish(report: Report, { format, files }: Destination): void {
  for (const file of files) writeFileSync(file.path, render(report, file.format));
  process.stdout.write(render(report, format));
}

export function render({ title, blocks, data }: Report, format: Format): string {
  if (format === "json") return `${JSON.stringify(data, undefined, 2)}\n`;
  const markdown = format === "markdown";
  const parts = [markdown ? `# ${escaped(title)}` : title, ...blocks.map(markdown ? asMarkdown : asText)];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function asText(block: Block): string {
  if (typeof block === "string") return block;
  if ("heading" in block) return `${block.heading}:`;
  if ("list" in block) return block.list.map((item) => `  ${item}`).join("\n");
  const { columns, rows, numbers = [] } = block;
  const widths = columns.map((name, index) =>
    Math.max(name.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const cell = (text: string, index: number) =>
    numbers.includes(columns[index] ?? "")
      ? text.padStart(widths[index] ?? 0)
      : text.padEnd(widths[index] ?? 0);
  return [columns, ...rows].map((row) => `  ${row.map(cell).join("  ").trimEnd()}`).join("\n");
}

function asMarkdown(block: Block): string {
  if (typeof block === "string") return escaped(block);
  if ("heading" in block) return `## ${escaped(block.heading)}`;
  if ("list" in block) return block.list.map((item) => `- ${escaped(item)}`).join("\n");
  const { columns, rows, numbers = [] } = block;
  const rule = columns.map((name) => (numbers.includes(name) ? "--:" : "---"));
  return [columns, rule, ...rows].map((row) => `| ${row.map(cellOf).join(" | ")} |`).join("\n");
}

/** What Markdown would take for markup, or for a new line: values from a cloud or a pull request must stay text on a page. */
const escaped = (text: string) =>
  text.replace(/\s*\n\s*/g, " ").replace(/[\\<>*_[\]`|]/g, (character) => `\\${character}`);
const cellOf = (text: string) => (/^-+:?$/.test(text) ? text : escaped(text));
