/** The `runtime.options` of a Pulumi.yaml or PulumiPolicy.yaml, as Pulumi documents them for Node.js. */
import type { ProgramInfo } from "@pulumi/pulumi/proto/language_pb.js";

export interface RuntimeOptions {
  /** Compile TypeScript with ts-node before running; default true. */
  readonly typescript: boolean;
  /** Path to a tsconfig.json for ts-node. */
  readonly tsconfig: string | undefined;
  /** Arguments for `node` itself. */
  readonly nodeargs: readonly string[];
  /** npm, yarn, pnpm or bun; default `auto`: told by the lock file. */
  readonly packagemanager: string;
  /** Install without devDependencies. */
  readonly production: boolean;
}

const managers = ["auto", "npm", "yarn", "pnpm", "bun"];

/** Reads the options; throws on one of the wrong type. */
export function runtimeOptions(info: ProgramInfo | undefined): RuntimeOptions {
  const given = info?.getOptions()?.toJavaScript() ?? {};
  const packagemanager = text(given, "packagemanager") ?? "auto";
  if (!managers.includes(packagemanager)) {
    throw new Error(`packagemanager option must be one of ${managers.join(", ")}, got "${packagemanager}"`);
  }
  return {
    typescript: flag(given, "typescript") ?? true,
    tsconfig: text(given, "tsconfig"),
    nodeargs: splitArguments(text(given, "nodeargs") ?? ""),
    packagemanager,
    production: flag(given, "production") ?? false,
  };
}

function flag(options: Record<string, unknown>, name: string): boolean | undefined {
  const value = options[name];
  if (value === undefined || typeof value === "boolean") return value;
  throw new Error(`${name} option must be a boolean`);
}

function text(options: Record<string, unknown>, name: string): string | undefined {
  const value = options[name];
  if (value === undefined || typeof value === "string") return value;
  throw new Error(`${name} option must be a string`);
}

/** Splits a command line into words as a POSIX shell would: quotes group, a backslash takes the next character. */
export function splitArguments(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (quote) {
      if (character === quote) quote = undefined;
      else if (character === "\\" && quote === '"' && /["\\$`]/.test(line.charAt(at + 1)))
        word += line.charAt(++at);
      else word += character;
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= "";
    } else if (character === "\\") {
      word = (word ?? "") + line.charAt(++at);
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + character;
    }
  }
  if (quote) throw new Error(`unclosed ${quote} in ${JSON.stringify(line)}`);
  if (word !== undefined) words.push(word);
  return words;
}
