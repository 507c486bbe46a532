import * as pulumi from "@pulumi/pulumi";
import { appEnvs, appImage } from "../components/app-spec.ts";
import type { ComputeArgs } from "../components/compute.ts";
import { Operations, type OperationsArgs } from "../components/index.ts";
import { operates, operationsSize } from "../settings/costs.ts";
import type { Settings } from "../settings.ts";
import type { Databases } from "./databases.ts";
import { databaseVariables, present, together, type Variables } from "./variables.ts";

/** The database, its user and the schema that the canary has in each cluster: apart from whatever the product has there. */
export const canaryDatabase = { name: "breakwater_canary", user: "breakwater_canary" };

/** The canary's own database beside those of the product, where there is a canary. */
export function withCanary<D extends { name: string; user: string }>(databases: D[], settings: Settings) {
  return settings.recovery.canary.enabled ? [...databases, canaryDatabase] : databases;
}

const canaryUri = (cluster: Databases["postgres" | "mongo"]) =>
  cluster?.connections.get(canaryDatabase.name)?.uri;

/** Every database of the product in a cluster, as the user whom it belongs to: what is recorded and dumped must be read. */
function sourcesOf(
  engine: "pg" | "mongodb",
  cluster: Databases["postgres" | "mongo"],
  databases: Settings["postgres" | "mongo"]["databases"],
) {
  if (!cluster) return [];
  return databases.map(({ name }) => ({
    engine,
    uri: cluster.connection(name).uri,
    ca: cluster.caCertificate,
  }));
}

/** The worker that looks after the data; undefined where there is nothing to look after. */
export function makeOperations(
  settings: Settings,
  databases: Databases,
  place: Pick<OperationsArgs, "region" | "vpcId" | "projectId">,
  dumps: Variables,
  prefix: string,
  opts: pulumi.ComponentResourceOptions,
): Operations | undefined {
  if (!operates(settings)) return undefined;
  const { canary, image } = settings.recovery;
  const { DATABASE_CA_CERT, MONGO_CA_CERT } = databaseVariables(settings, databases).env;
  return new Operations(
    "operations",
    {
      ...place,
      appName: `${prefix}-worker`,
      image: {
        ...image,
        credentials: image.registryType === "DOCR" ? undefined : settings.registryCredentials,
      },
      command: "node worker/main.ts",
      instanceSize: operationsSize,
      ...together(dumps, {
        env: present({
          CANARY_PERIOD_SECONDS: String(canary.periodSeconds),
          RECORD_MINUTES: String(canary.recordMinutes),
          DATABASE_CA_CERT: databases.postgres && DATABASE_CA_CERT,
          MONGO_CA_CERT: databases.mongo && MONGO_CA_CERT,
        }),
        secretEnv: present({
          CANARY_DATABASE_URL: canaryUri(databases.postgres),
          CANARY_MONGO_URL: canaryUri(databases.mongo),
          SOURCES: pulumi.secret(
            pulumi.jsonStringify([
              ...sourcesOf("pg", databases.postgres, settings.postgres.databases),
              ...sourcesOf("mongodb", databases.mongo, settings.mongo.databases),
            ]),
          ),
        }),
      }),
    },
    opts,
  );
}

const databasesOf = (
  cluster: Databases["postgres" | "mongo"],
  databases: Settings["postgres" | "mongo"]["databases"],
) => cluster && databases.map(({ name }) => ({ name, uri: cluster.connection(name).uri }));

/** What a drill needs to know of a stack beside its databases. */
export function recoveryOutput(
  settings: Settings,
  databases: Databases,
  operations: Operations | undefined,
  product: Pick<ComputeArgs, "image" | "port" | "healthPath" | "env" | "secretEnv">,
) {
  if (!operations) return undefined;
  const { objectives, canary, image, queries } = settings.recovery;
  return {
    appId: operations.appId,
    objectives,
    canaryPeriodSeconds: canary.periodSeconds,
    image,
    queries,
    product: pulumi.secret({
      image: appImage(product.image),
      port: product.port,
      healthPath: product.healthPath,
      envs: appEnvs(product.env, product.secretEnv),
    }),
    canaryUris: { postgres: canaryUri(databases.postgres), mongo: canaryUri(databases.mongo) },
    databases: {
      postgres: databasesOf(databases.postgres, settings.postgres.databases),
      mongo: databasesOf(databases.mongo, settings.mongo.databases),
    },
  };
}
