import { execFileSync } from "node:child_process";
import { join } from "node:path";

/**
 * Makes a Python of its own in a folder, with packages from PyPI.
 *
 * @returns the interpreter, or why there can be none.
 */
export function pythonWith(
  folder: string,
  ...packages: string[]
): { python: string; missing?: undefined } | { python: string; missing: string } {
  const python = join(folder, "venv", "bin", "python");
  try {
    execFileSync("python3", ["-m", "venv", join(folder, "venv")], { stdio: "pipe" });
    execFileSync(python, ["-m", "pip", "install", "--quiet", ...packages], { stdio: "pipe" });
    return { python };
  } catch (error) {
    return { python, missing: `no Python with ${packages.join(", ")}: ${String(error).split("\n")[0]}` };
  }
}
