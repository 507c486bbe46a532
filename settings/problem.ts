/** One thing wrong with the settings of a stack. */
export interface Problem {
  /** Where: `breakwater:postgres.size`. */
  path: string;
  /** What stands there, fit to be shown: never a secret. Undefined when nothing stands there. */
  found: string | undefined;
  /** What may stand there. */
  allowed: string;
}

/** A value as a line shows it. */
export function shown(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** One line for each problem. */
export function report(problems: Problem[]): string {
  const lines = problems.map(({ path, found, allowed }) =>
    found === undefined ? `  ${path} ${allowed}` : `  ${path}: ${found} ${allowed}`,
  );
  const count = problems.length === 1 ? "1 setting" : `${problems.length} settings`;
  return [`${count} of this stack can't be used:`, ...lines].join("\n");
}
