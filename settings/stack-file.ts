import { parse as parseYaml } from "yaml";
import { z } from "zod";
import type { Raw } from "../settings.ts";
import { clearSecretEnv, decode } from "./decode.ts";

/**
 * A stack file read without Pulumi: what stands in it in clear. Nothing is decrypted, so no secrets provider, token or network is
 * needed; a placeholder stands where an encrypted value is.
 */
export interface StackFile {
  raw: Raw;
  /** Paths of the encrypted values, such as `secretEnv.MAIL_API_KEY`. */
  encrypted: string[];
  /** Keys of providers and of Pulumi itself, as they stand there, encrypted ones aside. */
  others: Record<string, unknown>;
  /** Whether more settings come from Pulumi ESC, which can't be read here. */
  fromEnvironments: boolean;
}

const encryptedValue = z.strictObject({ secure: z.string() });
const file = z.looseObject({
  config: z.record(z.string(), z.unknown()).nullish(),
  environment: z.unknown().optional(),
});

/**
 * @param text of a `Pulumi.<stack>.yaml`.
 * @throws Error in one line when that is no stack file.
 */
export function readStackFile(text: string): StackFile {
  const parsed = yamlOf(text);
  const { data } = file.safeParse(parsed ?? {});
  if (!data) throw new Error("it has no settings under config:");
  const encrypted: string[] = [];
  const config: Record<string, unknown> = {};
  const others: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(data.config ?? {})) {
    const ours = /^breakwater:(?:config:)?(.+)$/.exec(key)?.[1];
    if (ours) config[ours] = settingOf(ours, withoutSecrets(value, ours, encrypted));
    else if (!encryptedValue.safeParse(value).success) others[key] = value;
  }
  return {
    raw: {
      config,
      secretKeys: new Set(encrypted.map((path) => path.split(/[.[]/)[0] ?? path)),
      clearPaths: clearSecretEnv(parsed),
      apiEndpoint:
        typeof others["digitalocean:apiEndpoint"] === "string"
          ? others["digitalocean:apiEndpoint"]
          : undefined,
    },
    encrypted,
    others,
    fromEnvironments: data.environment !== undefined,
  };
}

function yamlOf(text: string): unknown {
  try {
    return parseYaml(text, { logLevel: "error" });
  } catch (error) {
    // A parse error, or an alias that nothing defines.
    throw new Error(`it is no YAML: ${error instanceof Error ? error.message.split("\n")[0] : error}`);
  }
}

/** Pulumi hands a value to the program as text, unless it has others inside it. */
function settingOf(key: string, value: unknown): unknown {
  return typeof value === "object" || value === undefined ? value : decode(key, String(value));
}

function withoutSecrets(value: unknown, path: string, found: string[]): unknown {
  if (encryptedValue.safeParse(value).success) {
    found.push(path);
    return placeholder(path);
  }
  if (Array.isArray(value))
    return value.map((item, index) => withoutSecrets(item, `${path}[${index}]`, found));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner, `${path}.${key}`, found)]),
  );
}

/** What stands for a secret that is not known. It has the form that the setting must have, and leads nowhere (RFC 2606). */
export function placeholder(path: string): unknown {
  return path in shaped ? shaped[path] : "placeholder";
}

const shaped: Record<string, unknown> = {
  secretEnv: {}, // encrypted as a whole: not even the names are known
  registryCredentials: "placeholder:placeholder",
  slackWebhook: "https://hooks.slack.invalid/services/placeholder",
  postgresUri: "postgresql://placeholder:placeholder@postgres.invalid:5432/app?sslmode=verify-full",
  mongoUri: "mongodb://placeholder:placeholder@mongo.invalid:27017/app?tls=true",
  cacheUri: "rediss://placeholder:placeholder@cache.invalid:6379/0",
};
