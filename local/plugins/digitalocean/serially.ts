/** Calls that the platform can't take at the same time, one after another. */
const last = new Map<string, Promise<unknown>>();

/** Runs `act` when every earlier one of the same `key` has ended. */
export function serially<T>(key: string, act: () => Promise<T>): Promise<T> {
  const run = (last.get(key) ?? Promise.resolve()).then(act, act);
  last.set(key, run);
  return run;
}
