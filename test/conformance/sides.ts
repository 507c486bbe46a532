/** Which plugins a run of the suite is about: the stand-ins of this checkout, or the official ones on the PATH. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { binFolder, executables } from "../../local/plugins/index.ts";

export type Side = "stand-in" | "official";

const folders = (process.env.PATH ?? "")
  .split(delimiter)
  .filter((folder) => folder !== "" && folder !== binFolder);
const official = executables.every((name) => folders.some((folder) => existsSync(join(folder, name))));

/** The side under test: BREAKWATER_PLUGINS, the stand-ins by default. */
export const side: Side = process.env.BREAKWATER_PLUGINS === "official" ? "official" : "stand-in";
if (side === "official" && !official) {
  throw new Error(`BREAKWATER_PLUGINS=official needs ${executables.join(", ")} on the PATH`);
}

/** The other side, where it is there too. */
export const otherSide: Side | undefined =
  side === "official" ? "stand-in" : official ? "official" : undefined;

/** The PATH on which the engine finds a side's plugins. */
export const pathOf = (which: Side): string =>
  which === "stand-in" ? [binFolder, ...folders].join(delimiter) : folders.join(delimiter);
