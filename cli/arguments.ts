import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { codeOf, messageOf, UserError } from "./errors.ts";

/** The options of a command. Anything it does not know is refused before anything is done. */
export function options<T extends ParseArgsOptionsConfig>(command: string, args: string[], config: T) {
  try {
    return parseArgs({ args, options: config, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const without = /^Option '(?:-\w, )?(--[\w-]+)/.exec(messageOf(error))?.[1];
    if (codeOf(error) === "ERR_PARSE_ARGS_INVALID_OPTION_VALUE" && without)
      throw new UserError(`npm ${command}: ${without} has the wrong kind of value, or none`);
    const known = Object.keys(config).map((name) => `--${name}`);
    const allowed = known.length > 0 ? `it takes ${known.join(", ")}` : "it takes no options";
    const what =
      messageOf(error)
        .split(/[.'] /)[0]
        ?.replace(/^(Unknown option|Unexpected argument) '?/, "") ?? "";
    throw new UserError(`npm ${command} does not know ${what.replace(/'/g, "")}: ${allowed}`);
  }
}
