import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";

/** What other jobs have found, one folder each. It may come from anyone's pull request: text to be shown, nothing else. */

/** Most characters that are shown of a file: three files of two stacks fit the 65,536 that GitHub takes for a comment. */
const LONGEST = 9_000;

export interface Report {
  stack: string;
  /** Texts by the name of their part, in the order asked for. */
  parts: Map<string, string>;
}

/**
 * Reads `<folder>/<prefix>-<stack>/<part>` for every stack. Anything else in the folder is left alone.
 *
 * @param files names of the files that are read.
 */
export function reports(folder: string, prefix: string, files: string[]): Report[] {
  const found: Report[] = [];
  if (!existsSync(folder)) return found; // no job got as far as leaving something
  for (const name of readdirSync(folder).sort()) {
    const stack = new RegExp(`^${prefix}-([a-z][a-z0-9-]{0,30})$`).exec(name)?.[1];
    if (!stack || !lstatSync(join(folder, name)).isDirectory()) continue;
    const parts = new Map<string, string>();
    for (const file of files) {
      const path = join(folder, name, file);
      // A link could point at any file of the runner.
      if (lstatSync(path, { throwIfNoEntry: false })?.isFile()) parts.set(file, readFileSync(path, "utf8"));
    }
    found.push({ stack, parts });
  }
  return found;
}

/** A code block: nothing in it is a link, an image, a mention or HTML, whatever it says. */
export function block(text: string): string {
  const plain = printable(text).trimEnd();
  const shown = plain.length > LONGEST ? `${plain.slice(0, LONGEST)}\n[cut short]` : plain;
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${shown}\n${fence}`;
}

/** Without terminal colours, other control characters, and those that turn the direction of reading around. */
function printable(text: string): string {
  return stripVTControlCharacters(text.replaceAll("\r\n", "\n")).replace(/[^\n\t\P{C}]/gu, "");
}
