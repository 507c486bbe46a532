/** How a finding is written into the one text that Pulumi lets a policy report, and read back from it. */

export interface Message {
  /** The property; empty when no single one is wrong. */
  path: string;
  wrong: string;
  fix: string;
}

const FIX = " To fix: ";
const path = String.raw`(?:[\w$.-]+(?::[\w$.-]+)*|\[\d+\]|\["(?:[^"\\]|\\.)*"\])+`;
const shape = new RegExp(`^(?:(${path}): )?([\\s\\S]*)$`);

export function write({ path, wrong, fix }: Message): string {
  return `${path ? `${path}: ` : ""}${wrong}.${FIX}${fix}`.replace(/\s+/g, " ");
}

/** Undefined for a message that {@link write} has not written. Pulumi puts the rule's description on a line before it. */
export function read(text: string): Message | undefined {
  const message = text.slice(text.lastIndexOf("\n") + 1);
  const end = message.lastIndexOf(FIX);
  if (end < 0) return undefined;
  const [, path = "", wrong = ""] = shape.exec(message.slice(0, end)) ?? [];
  return { path, wrong: wrong.replace(/\.$/, ""), fix: message.slice(end + FIX.length) };
}

const UNDECIDED = "only the deployment will tell ";

/** What stands in the advisory about a rule that could not be decided. */
export const writeUndecided = (paths: readonly string[]): string => UNDECIDED + paths.join("; ");

/** The paths; undefined for a message that tells no undecided rule. A rule of another pack that touched an unknown is one, too. */
export function readUndecided(message: string): string[] | undefined {
  const start = message.indexOf(UNDECIDED);
  if (start >= 0) return message.slice(start + UNDECIDED.length).split("; ");
  const path = /^can't run policy [\s\S]* during preview: \w+ value at \.(\S+) can't be known/.exec(
    message,
  )?.[1];
  return path === undefined ? undefined : [path];
}

/** What a rule that threw reports. Its error may quote a value, so only the error's kind is told. */
export const failure = (kind: string): Message => ({
  path: "",
  wrong: `the rule itself failed (${kind}), so nothing is known about this resource`,
  fix: "report this as a fault of the policy pack, with the resource's type and the shape of its inputs",
});

export const isFailure = ({ wrong }: Message): boolean => wrong.startsWith("the rule itself failed (");
