import { readFileSync } from "node:fs";
import { readStackFile, type StackFile } from "./stack-file.ts";

/** Pages that are written by hand but for their figures, which `npm run docs` makes of the stack files. */

const root = new URL("../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");

export const stackFileOf = (stack: string): StackFile => readStackFile(read(`Pulumi.${stack}.yaml`));

/** A page with what stands between `<!-- figures: NAME -->` and `<!-- end -->` made anew. */
export function withFigures(page: string, figures: Record<string, () => string>): string {
  return read(page).replace(
    /(<!-- figures: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, begin: string, name: string, end: string) => {
      const make = figures[name];
      if (!make)
        throw new Error(`${page} asks for figures "${name}"; there are: ${Object.keys(figures).join(", ")}`);
      return `${begin}\n${make()}\n\n${end}`;
    },
  );
}

/** A table in Markdown; all columns but the first hold numbers. */
export function table(columns: string[], rows: string[][]): string {
  const rule = columns.map((_, index) => (index === 0 ? "---" : "--:"));
  return [columns, rule, ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}
