import * as pulumi from "@pulumi/pulumi";
import { spacesRegion } from "../components/catalog.ts";
import { DumpStore } from "../components/index.ts";
import { dumped } from "../settings/costs.ts";
import { otherRegion } from "../settings/dumps.ts";
import type { protections } from "../settings/stack.ts";
import type { Settings } from "../settings.ts";
import { spacesEndpoint } from "./buckets.ts";
import { present, type Variables } from "./variables.ts";

/** The bucket of the dumps; undefined where nobody could read them, or there is nothing to dump. */
export function makeDumpStore(
  settings: Settings,
  prefix: string,
  protection: ReturnType<typeof protections>,
  opts: pulumi.ComponentResourceOptions,
): DumpStore | undefined {
  if (!dumped(settings)) return undefined;
  const { dumps } = settings.recovery;
  const region = dumps.region ?? otherRegion[spacesRegion(settings.region)];
  return new DumpStore(
    "dumps",
    {
      region,
      bucketName: dumps.name,
      namePrefix: (dumps.name ?? dumps.import) === undefined ? `${prefix}-dumps` : undefined,
      import: dumps.import,
      keyGeneration: dumps.keyGeneration,
      keepPreviousKey: dumps.keepPreviousKey,
      keepDeletedDays: dumps.keepDeletedDays,
      endpoint: spacesEndpoint(region),
      // A stack of this machine writes dumps by itself, and could not be destroyed for them.
      forceDestroy: settings.rehearsal || settings.environment === "local",
      protection: protection.of("dumps"),
    },
    opts,
  );
}

/** What the worker is told of the dumps: runbooks/restore-drill/worker/dumps.ts. */
export function dumpVariables(settings: Settings, store: DumpStore | undefined): Variables {
  if (!store) return { env: {}, secretEnv: {} };
  const { recipients, everyHours, hour, keepDays, heartbeatUrl } = settings.recovery.dumps;
  return {
    env: present({
      DUMPS_ENDPOINT: store.endpoint,
      DUMPS_BUCKET: store.bucketName,
      DUMPS_RECIPIENTS: recipients.join(","),
      DUMPS_EVERY_HOURS: String(everyHours),
      DUMPS_HOUR: String(hour),
      DUMPS_KEEP_DAYS: String(keepDays),
    }),
    secretEnv: present({
      DUMPS_ACCESS_KEY_ID: store.accessKeyId,
      DUMPS_SECRET_ACCESS_KEY: store.secretAccessKey,
      DUMPS_HEARTBEAT_URL: heartbeatUrl,
    }),
  };
}

/** What a restore needs, but for the private key. */
export const dumpsOutput = (store: DumpStore | undefined, settings: Settings) =>
  store && {
    bucket: store.bucketName,
    region: store.region,
    endpoint: store.endpoint,
    accessKeyId: pulumi.secret(store.accessKeyId),
    secretAccessKey: store.secretAccessKey,
    recipients: settings.recovery.dumps.recipients,
  };
