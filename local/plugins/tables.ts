/** Finding a provider's tables: one file each, loaded when an engine first asks for it. */
import { access } from "node:fs/promises";

/**
 * The default export of the file for a type token, in `folder`: `digitalocean:index/databaseCluster:DatabaseCluster` is
 * database-cluster.ts. Undefined when there is none.
 */
export async function tableOf<T>(folder: URL, token: string): Promise<T | undefined> {
  const member = /^\w+:\w+\/(\w+):\w+$/.exec(token)?.[1] ?? /^\w+:\w+:(\w+)$/.exec(token)?.[1];
  if (!member) return undefined;
  const name = member.replace(
    /[A-Z]/g,
    (letter, at: number) => `${at === 0 ? "" : "-"}${letter.toLowerCase()}`,
  );
  const file = new URL(`${name}.ts`, folder);
  const exists = await access(file).then(
    () => true,
    () => false,
  );
  if (!exists) return undefined;
  const module: { readonly default: T } = await import(file.href);
  return module.default;
}
