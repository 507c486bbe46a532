/** The globs of assetPaths and archivePaths, as github.com/gobwas/glob reads them with `/` as separator. */
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";

/** The files below `folder` that the globs leave, in order of path; a later glob that starts with `!` takes away. */
export function matchingFiles(folder: string, globs: readonly string[]): string[] {
  const rules = globs.map((glob) => ({
    takesAway: glob.startsWith("!"),
    pattern: globPattern(glob.replace(/^!/, "")),
  }));
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((file) =>
      rules.reduce((kept, { takesAway, pattern }) => (pattern.test(file) ? !takesAway : kept), false),
    )
    .sort();
}

/** `*` and `?` stop at a slash, `**` doesn't; `[a-z]`, `[!a]` and `{one,two}` as in a shell. */
export function globPattern(glob: string): RegExp {
  let depth = 0;
  const source = glob.replace(
    /\\(.)|\*\*|\*|\?|\[(!?)([^\]]+)\]|[{},]|[^\w/]/g,
    (found, escaped, not, range) => {
      if (escaped !== undefined) return quoted(escaped);
      if (found === "**") return ".*";
      if (found === "*") return "[^/]*";
      if (found === "?") return "[^/]";
      if (range !== undefined) return `[${not ? "^" : ""}${range}]`;
      if (found === "{") {
        depth++;
        return "(?:";
      }
      if (found === "}" && depth > 0) {
        depth--;
        return ")";
      }
      if (found === "," && depth > 0) return "|";
      return quoted(found);
    },
  );
  return new RegExp(`^${source}$`, "s");
}

const quoted = (character: string): string => character.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
