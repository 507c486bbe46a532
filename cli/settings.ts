import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { report } from "../settings/problem.ts";
import { readStackFile, type StackFile } from "../settings/stack-file.ts";
import { type Parsed, parse, type Settings } from "../settings.ts";
import { codeOf, messageOf, UserError } from "./errors.ts";
import { root } from "./places.ts";
import { say } from "./progress.ts";

/** The settings of a stack as its stack file has them: read without Pulumi, and without its secrets. */

export const stackFileName = (stack: string) => `Pulumi.${stack}.yaml`;

/** @throws UserError when there is no such file, or it can't be read. */
export function stackFile(stack: string): StackFile {
  try {
    return parseStackFile(readFileSync(join(root, stackFileName(stack)), "utf8"), stackFileName(stack));
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    const known = globSync("Pulumi.*.yaml", { cwd: root }).map((name) => name.split(".")[1]);
    throw new UserError(
      `there is no ${stackFileName(stack)}; stacks with a file: ${known.sort().join(", ")}`,
    );
  }
}

/** @param name what the text is called in an error. */
export function parseStackFile(text: string, name: string): StackFile {
  try {
    const read = readStackFile(text);
    if (read.fromEnvironments)
      say(
        `${name} takes settings from Pulumi ESC as well; they are not read here, so defaults stand for them`,
      );
    return read;
  } catch (error) {
    throw new UserError(`${name} can't be read: ${messageOf(error)}`);
  }
}

/** Where the API of a stack of this machine is, when nothing says otherwise: only that it is on this machine matters. */
const somewhereLocal = "http://127.0.0.1:7480";

/** The settings of a stack file, checked against the API that they are meant for. */
export function parseSettings({ raw }: StackFile): Parsed {
  const local = raw.config.environment === "local" || raw.config.rehearsal === true;
  return parse({ ...raw, apiEndpoint: raw.apiEndpoint ?? (local ? somewhereLocal : undefined) });
}

/** @throws UserError with every problem. */
export function settingsOf(file: StackFile, name: string): Settings {
  const { settings, problems } = parseSettings(file);
  if (settings) return settings;
  throw new UserError(`${name}: ${report(problems)}`);
}
