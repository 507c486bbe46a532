/** `pulumi-resource-digitalocean`: the DigitalOcean provider for a local cloud. It speaks to loopback addresses alone. */
import { access } from "node:fs/promises";
import type { Invokable, Resource } from "../provider/resource.ts";
import { serveProvider } from "../provider/service.ts";
import { versions } from "../versions.ts";
import type { Api } from "./api.ts";
import { config, configure } from "./config.ts";

export const start = (args: readonly string[]): Promise<void> =>
  serveProvider<Api>(
    {
      name: "digitalocean",
      version: versions.digitalocean,
      config,
      configure,
      resource: (token) => table<Resource<Api>>("resources", token),
      invokable: (token) => table<Invokable<Api>>("functions", token),
    },
    args,
  );

/** The table of `digitalocean:index/databaseCluster:DatabaseCluster` is the default export of resources/database-cluster.ts. */
async function table<T>(folder: "resources" | "functions", token: string): Promise<T | undefined> {
  const member = /^digitalocean:index\/(\w+):\w+$/.exec(token)?.[1];
  if (!member) return undefined;
  const file = new URL(
    `./${folder}/${member.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.ts`,
    import.meta.url,
  );
  const exists = await access(file).then(
    () => true,
    () => false,
  );
  if (!exists) return undefined;
  const module: { readonly default: T } = await import(file.href);
  return module.default;
}
