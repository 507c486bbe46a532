/** Where a bucket's accesses are logged (terraform-provider-digitalocean: resource_spaces_bucket_logging). */
import type { Existing, Operation, Resource } from "../../provider/resource.ts";
import { type Properties, string } from "../../provider/schema.ts";
import type { Values } from "../../provider/values.ts";
import type { Api } from "../api.ts";
import { placeOf, readXml, writeXml } from "../buckets.ts";
import { named } from "../rest.ts";
import { regionAndName, spacesRegion, unlessMissing } from "../spaces.ts";

const properties: Properties = {
  bucket: string({ required: true, replaces: true }),
  region: spacesRegion({ required: true }),
  targetBucket: string({ required: true }),
  targetPrefix: string({ required: true }),
};

async function write(operation: Operation<Api>, planned: Values): Promise<Existing> {
  const { targetBucket, targetPrefix } = planned;
  const LoggingEnabled = { TargetBucket: String(targetBucket), TargetPrefix: String(targetPrefix) };
  await writeXml(operation, placeOf(planned), "logging=", "BucketLoggingStatus", { LoggingEnabled });
  return { id: String(planned.bucket), state: planned };
}

const logging: Resource<Api> = {
  properties,
  importId: (text) => {
    const { id, region } = regionAndName(text, "a Spaces Bucket access logging configuration");
    return { id, state: { region } };
  },
  create: (operation, planned) => named("enabling Spaces access logging", () => write(operation, planned)),
  read: (operation, id, { region = null }) =>
    named(`reading access logging for Spaces Bucket (${id})`, async () => {
      const place = placeOf({ region, bucket: id });
      const status = await unlessMissing(() => readXml(operation, place, "logging=", "BucketLoggingStatus"));
      if (!status) return undefined;
      const enabled = status.one("LoggingEnabled");
      const text = (name: string) => enabled?.text(name) ?? "";
      return {
        id,
        state: { bucket: id, region, targetBucket: text("TargetBucket"), targetPrefix: text("TargetPrefix") },
      };
    }),
  update: (operation, _id, planned) =>
    named("updating Spaces bucket logging", () => write(operation, planned)),
  delete: (operation, id, { region = null }) =>
    named(`disabling access logging for Spaces Bucket (${id})`, async () => {
      const place = placeOf({ region, bucket: id });
      await unlessMissing(() => writeXml(operation, place, "logging=", "BucketLoggingStatus", {}));
    }),
};
export default logging;
