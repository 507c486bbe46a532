/** `pulumi-resource-digitalocean`: the DigitalOcean provider for a local cloud. It speaks to loopback addresses alone. */
import { serveProvider } from "../provider/service.ts";
import { tableOf } from "../tables.ts";
import { versions } from "../versions.ts";
import type { Api } from "./api.ts";
import { config, configure } from "./config.ts";

const resources = new URL("./resources/", import.meta.url);
const functions = new URL("./functions/", import.meta.url);

export const start = (args: readonly string[]): Promise<void> =>
  serveProvider<Api>(
    {
      name: "digitalocean",
      version: versions.digitalocean,
      config,
      configure,
      resource: (token) => tableOf(resources, token),
      invokable: (token) => tableOf(functions, token),
    },
    args,
  );
