import { join } from "node:path";
import { options } from "./arguments.ts";
import { root } from "./places.ts";
import { attach } from "./process.ts";

/** `npm run check`: format, lint (the arrows between the rooms of the house among it) and types of the whole tree. */
export async function run(args: string[]): Promise<number> {
  options("run check", args, {});
  const bin = join(root, "node_modules", ".bin");
  const lint = await attach(join(bin, "biome"), ["check", "--error-on-warnings", "."], { cwd: root });
  const types = await attach(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc")], {
    cwd: root,
  });
  return lint || types;
}
