import { existsSync, readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { parse, type Raw, type Settings } from "../settings.ts";
import { clearSecretEnv, decode } from "./decode.ts";
import { report } from "./problem.ts";

/**
 * The settings of the stack that Pulumi is running, and the API they were checked against.
 *
 * @throws RunError that names every problem, which ends the program before any resource is registered.
 */
export async function readStack(): Promise<{ settings: Settings; apiEndpoint: string }> {
  const parsed = parse(await fromRuntime());
  if (parsed.problems) throw new pulumi.RunError(report(parsed.problems));
  return parsed;
}

/** What Pulumi hands to a running program. */
async function fromRuntime(): Promise<Raw> {
  const all = Object.entries(pulumi.runtime.allConfig());
  const config = Object.fromEntries(
    all
      .filter(([key]) => key.startsWith("breakwater:"))
      .map(([key, text]) => [key.slice("breakwater:".length), text] as const)
      .map(([key, text]) => [key, decode(key, text)]),
  );
  return {
    config,
    secretKeys: secretKeys(),
    clearPaths: config.secretEnv ? await clearPaths(`Pulumi.${pulumi.getStack()}.yaml`) : [],
    apiEndpoint: apiEndpoint(),
    spaces: {
      endpoint: process.env.SPACES_ENDPOINT_URL || undefined,
      proxy: process.env.BREAKWATER_SPACES_PROXY || undefined,
    },
  };
}

/** Base URL of the API, in the provider's own order: configuration, then environment. */
function apiEndpoint(): string | undefined {
  return (
    new pulumi.Config("digitalocean").get("apiEndpoint") || process.env.DIGITALOCEAN_API_URL || undefined
  );
}

/** The engine names the keys that hold a secret; the SDK has no public way to ask. */
function secretKeys(): string[] {
  const keys: unknown = JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS || "[]");
  return (Array.isArray(keys) ? keys : [])
    .map((key) => /^breakwater:(?:config:)?(.+)$/.exec(String(key))?.[1])
    .filter((key) => key !== undefined);
}

/**
 * A key counts as secret as soon as one value inside it is, so a neighbour in clear would go unnoticed: the stack file
 * tells.
 */
async function clearPaths(stackFile: string): Promise<string[]> {
  if (!existsSync(stackFile)) return [];
  const { parse: parseYaml } = await import("yaml");
  const file: unknown = parseYaml(readFileSync(stackFile, "utf8"));
  return clearSecretEnv(file);
}
