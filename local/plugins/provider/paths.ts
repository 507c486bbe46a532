/** Property paths as Pulumi writes them: `spec.services[0].name`, `tags["a.b"]`, `rules[*].value`. */
import { isArray, isObject, type Value, type Values } from "./values.ts";

export type Path = readonly (string | number)[];

/** Stands for every element or property in a path of ignoreChanges. */
export const anything = "*";

export function formatPath(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    if (!/^[^.[\]"]+$/.test(step)) return `${text}["${step.replaceAll('"', '\\"')}"]`;
    return text ? `${text}.${step}` : step;
  }, "");
}

/** Reads a path; what can't be read yields the path of a property that nobody has. */
export function parsePath(text: string): Path {
  const path: (string | number)[] = [];
  for (const [, name, index, quoted] of text.matchAll(
    /\.?([^.[\]"]+)|\[(\d+|\*)\]|\["((?:[^"\\]|\\.)*)"\]/g,
  )) {
    if (name !== undefined) path.push(name);
    else if (index !== undefined) path.push(index === anything ? anything : Number(index));
    else if (quoted !== undefined) path.push(quoted.replaceAll('\\"', '"'));
  }
  return path;
}

/** Whether `path` is what `pattern` names, or lies within it. */
export function isWithin(path: Path, pattern: Path): boolean {
  return pattern.length <= path.length && pattern.every((step, at) => step === anything || step === path[at]);
}

/** `value` with what stands at `pattern` taken from `from`: how a change is ignored. */
export function withPart(value: Values, from: Values, pattern: Path): Values {
  const result = replacePart(value, from, pattern);
  return isObject(result) ? result : value;
}

function replacePart(
  value: Value | undefined,
  from: Value | undefined,
  [step, ...rest]: Path,
): Value | undefined {
  if (step === undefined) return from;
  if (isArray(value)) {
    const old = isArray(from) ? from : [];
    return value.map((element, at) =>
      step === anything || step === at ? (replacePart(element, old[at], rest) ?? null) : element,
    );
  }
  if (!isObject(value)) return value;
  const old = isObject(from) ? from : {};
  const names = step === anything ? new Set([...Object.keys(value), ...Object.keys(old)]) : [String(step)];
  const result: Record<string, Value> = { ...value };
  for (const name of names) {
    const part = replacePart(value[name], old[name], rest);
    if (part === undefined) delete result[name];
    else result[name] = part;
  }
  return result;
}
