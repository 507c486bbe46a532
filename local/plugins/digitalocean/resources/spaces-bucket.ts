/** A bucket of Spaces (terraform-provider-digitalocean: resource_spaces_bucket). */

import { randomBytes } from "node:crypto";
import type { Xml } from "../../../spaces/xml.ts";
import { equal } from "../../provider/plan.ts";
import { type Existing, type Operation, PartialFailure, type Resource } from "../../provider/resource.ts";
import {
  boolean,
  integer,
  lengthBetween,
  list,
  object,
  type Properties,
  string,
} from "../../provider/schema.ts";
import type { Value, Values } from "../../provider/values.ts";
import type { Api } from "../api.ts";
import {
  corsRulesXml,
  empty,
  locationOf,
  objects,
  onBucket,
  type Place,
  readXml,
  writeXml,
} from "../buckets.ts";
import { named } from "../rest.ts";
import { regionAndName, SpacesError, spacesRegion, unlessMissing } from "../spaces.ts";

const lifecycleRule = object({
  id: string({ computed: true, check: lengthBetween(0, 255) }),
  prefix: string(),
  enabled: boolean({ required: true }),
  abortIncompleteMultipartUploadDays: integer(),
  expiration: object({
    date: string({
      check: (date) =>
        Number.isNaN(Date.parse(`${String(date)}T00:00:00Z`))
          ? "must be a date such as 2030-01-31"
          : undefined,
    }),
    days: integer(),
    expiredObjectDeleteMarker: boolean(),
  }),
  noncurrentVersionExpiration: object({ days: integer() }),
});
const corsRule = object({
  allowedMethods: list(string(), { required: true }),
  allowedOrigins: list(string(), { required: true }),
  allowedHeaders: list(string()),
  maxAgeSeconds: integer(),
});

const properties: Properties = {
  /** No trigger of a replacement, and changes nothing on the platform: the bucket keeps the name it was made with. */
  name: string({ required: true, autoname: 255 }),
  region: spacesRegion({ default: "nyc3" }),
  /** Never read back. */
  acl: string({ default: "private" }),
  corsRules: list(corsRule, { deprecated: true }),
  versioning: object({ enabled: boolean({ default: false }) }),
  lifecycleRules: list(lifecycleRule),
  forceDestroy: boolean({ default: false }),
  bucketUrn: string({ output: true }),
  bucketDomainName: string({ output: true }),
  endpoint: string({ output: true }),
};

const placeOf = ({ region, name }: Values): Place => ({
  region: String(region),
  bucket: String(name),
});

async function read(operation: Operation<Api>, id: string, state: Values): Promise<Existing | undefined> {
  const place = { region: String(state.region), bucket: id };
  if (!(await unlessMissing(() => onBucket(operation, place, { method: "HEAD" })))) return undefined;
  const region = await locationOf(operation, place);
  const versioning = await readXml(operation, place, "versioning=", "VersioningConfiguration");
  const lifecycle = await unlessMissing(
    () => readXml(operation, place, "lifecycle=", "LifecycleConfiguration"),
    "NoSuchLifecycleConfiguration",
  );
  const name = String(state.name ?? id);
  return {
    id,
    state: {
      name,
      region,
      versioning: { enabled: versioning.text("Status") === "Enabled" },
      lifecycleRules: lifecycle?.all("Rule").map(ruleFrom) ?? [],
      bucketUrn: `do:space:${name}`,
      // The platform's own, whatever the endpoint that it was reached through.
      bucketDomainName: `${name}.${region}.digitaloceanspaces.com`,
      endpoint: `${region}.digitaloceanspaces.com`,
    },
  };
}

const count = (xml: Xml | undefined, name: string): number => Number(xml?.text(name) ?? 0);

function ruleFrom(xml: Xml): Values {
  const expiration = xml.one("Expiration");
  const noncurrent = xml.one("NoncurrentVersionExpiration");
  return {
    id: xml.text("ID") ?? "",
    prefix: xml.one("Filter")?.text("Prefix") ?? "",
    enabled: xml.text("Status") === "Enabled",
    abortIncompleteMultipartUploadDays: count(
      xml.one("AbortIncompleteMultipartUpload"),
      "DaysAfterInitiation",
    ),
    expiration: expiration
      ? {
          date: expiration.text("Date")?.slice(0, 10) ?? "",
          days: count(expiration, "Days"),
          expiredObjectDeleteMarker: expiration.text("ExpiredObjectDeleteMarker") === "true",
        }
      : null,
    noncurrentVersionExpiration: noncurrent ? { days: count(noncurrent, "NoncurrentDays") } : null,
  };
}

function ruleXml(rule: Values) {
  const abort = Number(rule.abortIncompleteMultipartUploadDays ?? 0);
  const noncurrent = part(rule.noncurrentVersionExpiration);
  return {
    ID: String(
      rule.id ||
        `tf-s3-lifecycle-${new Date().toISOString().replace(/\D/g, "")}0${randomBytes(4).toString("hex")}`,
    ),
    Filter: { Prefix: String(rule.prefix ?? "") },
    Status: rule.enabled ? "Enabled" : "Disabled",
    Expiration: rule.expiration ? expirationXml(part(rule.expiration)) : undefined,
    NoncurrentVersionExpiration: noncurrent.days ? { NoncurrentDays: Number(noncurrent.days) } : undefined,
    AbortIncompleteMultipartUpload: abort > 0 ? { DaysAfterInitiation: abort } : undefined,
  };
}

/** The first of the three that is given. */
function expirationXml({ date, days, expiredObjectDeleteMarker }: Values) {
  if (date) return { Date: `${String(date)}T00:00:00Z` };
  return days ? { Days: Number(days) } : { ExpiredObjectDeleteMarker: expiredObjectDeleteMarker === true };
}

const part = (value: Value | undefined): Values => objects([value ?? null])[0] ?? {};

/** Sends what differs from `prior`. Calls go to the bucket of the planned name, as the official plugin's do. */
async function apply(operation: Operation<Api>, planned: Values, prior: Values): Promise<void> {
  const place = placeOf(planned);
  const changed = (name: string) => !equal(properties[name], prior[name], planned[name]);
  if (changed("acl")) {
    const headers = { "x-amz-acl": String(planned.acl) };
    await onBucket(operation, place, { method: "PUT", query: "acl=", headers });
  }
  if (changed("corsRules")) {
    if (objects(planned.corsRules).length === 0)
      await onBucket(operation, place, { method: "DELETE", query: "cors=" });
    else await writeXml(operation, place, "cors=", "CORSConfiguration", corsRulesXml(planned.corsRules));
  }
  if (changed("versioning")) {
    const Status = part(planned.versioning).enabled === true ? "Enabled" : "Suspended";
    await writeXml(operation, place, "versioning=", "VersioningConfiguration", { Status });
  }
  if (changed("lifecycleRules")) {
    const Rule = objects(planned.lifecycleRules).map(ruleXml);
    if (Rule.length === 0) await onBucket(operation, place, { method: "DELETE", query: "lifecycle=" });
    else await writeXml(operation, place, "lifecycle=", "LifecycleConfiguration", { Rule });
  }
}

async function after(operation: Operation<Api>, id: string, planned: Values): Promise<Existing> {
  const existing = await read(operation, id, planned);
  if (!existing) throw new Error(`the bucket ${id} is gone`);
  return existing;
}

const spacesBucket: Resource<Api> = {
  properties,
  timeouts: { create: 300, delete: 300 },
  importId: (text) => {
    const { id, region } = regionAndName(text, "a Spaces bucket");
    return { id, state: { region, forceDestroy: false } };
  },
  plan: (planned, prior) => ({
    ...planned,
    ...(typeof planned.region === "string" && { region: planned.region.toLowerCase() }),
    // Taking the block away suspends versioning, if it was enabled; it is no change otherwise.
    ...(planned.versioning === undefined && prior?.versioning && { versioning: { enabled: false } }),
  }),
  create: (operation, planned) =>
    named("creating Spaces bucket", async () => {
      const place = placeOf(planned);
      await onBucket(operation, place, { method: "PUT", headers: { "x-amz-acl": String(planned.acl) } });
      await onBucket(operation, place, { method: "HEAD" });
      try {
        await apply(operation, planned, {});
        return await after(operation, place.bucket, planned);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new PartialFailure({ id: place.bucket, state: planned }, reason);
      }
    }),
  read: (operation, id, state) => named(`reading Spaces bucket ${id}`, () => read(operation, id, state)),
  update: (operation, id, planned, prior) =>
    named("updating Spaces bucket", async () => {
      await apply(operation, planned, prior);
      return after(operation, id, planned);
    }),
  delete: (operation, id, state) =>
    named("deleting Spaces bucket", async () => {
      const place = { region: String(state.region), bucket: id };
      const remove = () => onBucket(operation, place, { method: "DELETE" });
      try {
        await remove();
      } catch (error) {
        if (!(error instanceof SpacesError && error.code === "BucketNotEmpty" && state.forceDestroy))
          throw error;
        await empty(operation, place);
        await remove();
      }
    }),
};
export default spacesBucket;
