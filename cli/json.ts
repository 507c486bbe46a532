/** The value at a path of keys in something that came as JSON; undefined where there is none. */
export function at(value: unknown, ...keys: string[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null && key in inner ? Reflect.get(inner, key) : undefined,
    value,
  );
}
