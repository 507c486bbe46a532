import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings.ts";
import type { Buckets } from "./buckets.ts";
import type { Databases } from "./databases.ts";

/** Environment variables of the product. */
export interface Variables {
  /** Those that anyone may read. */
  env: Record<string, pulumi.Input<string>>;
  /** Those that are kept encrypted. */
  secretEnv: Record<string, pulumi.Input<string>>;
}

type Given = Record<string, pulumi.Input<string> | undefined>;

/** How the product reaches its databases, managed here or external; nothing for those that it does without. */
export function databaseVariables(settings: Settings, { postgres, mongo, cache }: Databases): Variables {
  return {
    env: present({
      DATABASE_CA_CERT: postgres?.caCertificate ?? settings.postgres.caCertificate,
      MONGO_CA_CERT: mongo?.caCertificate ?? settings.mongo.caCertificate,
      REDIS_CA_CERT: cache?.caCertificate ?? settings.cache.caCertificate,
    }),
    secretEnv: present({
      DATABASE_URL: postgres?.uri ?? settings.postgresUri,
      DATABASE_POOL_URL: postgres?.poolUri,
      MONGO_URL: mongo?.uri ?? settings.mongoUri,
      REDIS_URL: cache?.uri ?? settings.cacheUri,
    }),
  };
}

/** How the product reaches its buckets. */
export function bucketVariables({ documents, assets }: Buckets): Variables {
  return {
    env: present({
      DOCUMENTS_BUCKET: documents?.bucketName,
      DOCUMENTS_REGION: documents?.region,
      DOCUMENTS_ENDPOINT: documents?.endpoint,
      ASSETS_URL: assets?.url,
    }),
    secretEnv: present({
      // No secret by itself, but half of one: nothing is lost by treating it so.
      DOCUMENTS_ACCESS_KEY_ID: documents?.accessKeyId,
      DOCUMENTS_SECRET_ACCESS_KEY: documents?.secretAccessKey,
    }),
  };
}

/** Several sets of variables as one; each variable has one owner (settings/rules/variables.ts). */
export function together(...sets: Partial<Variables>[]): Variables {
  const env = Object.assign({}, ...sets.map((set) => set.env));
  const secretEnv = Object.assign({}, ...sets.map((set) => set.secretEnv));
  return { env, secretEnv };
}

/** Those variables that have a value. */
export function present(given: Given): Record<string, pulumi.Input<string>> {
  const entries = Object.entries(given).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value]],
  );
  return Object.fromEntries(entries);
}
