import { readFileSync } from "node:fs";

/** The blocks of code in a language that a page of docs/ shows, in order: what a page shows is what tests run. */
export function blocks(page: string, language: string): string[] {
  const text = readFileSync(new URL(`../docs/${page}`, import.meta.url), "utf8");
  const fence = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm");
  return [...text.matchAll(fence)].map(([, code = ""]) => code);
}
