import { randomUUID } from "node:crypto";
import type { Saved } from "../store.ts";
import type { Bucket } from "./bucket.ts";
import type { Entries, Entry } from "./entries.ts";
import { SpacesError } from "./errors.ts";
import type { Uploads } from "./uploads.ts";
import { type Content, parseXml, type Xml } from "./xml.ts";

/** What becomes of objects with time (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html). */
export interface LifecycleRule {
  readonly id: string;
  readonly enabled: boolean;
  /** Whether it was given in a `Filter`, as it is shown again. */
  readonly filter: boolean;
  readonly prefix: string;
  readonly expiration?: {
    readonly days?: number;
    readonly date?: string;
    readonly expiredObjectDeleteMarker?: boolean;
  };
  readonly noncurrentDays?: number;
  readonly abortDays?: number;
}

const DAY = 24 * 60 * 60 * 1000;
const MAX_RULES = 1000;
/** Uploads that were not completed go by themselves (https://docs.digitalocean.com/products/spaces/details/limits/, 2026-01). */
const ABANDONED_DAYS = 30;

export function lifecycleFromXml(text: string): LifecycleRule[] {
  const rules = parseXml(text, "LifecycleConfiguration").all("Rule").map(rule);
  if (rules.length === 0 || rules.length > MAX_RULES)
    throw malformed(`a lifecycle has 1 to ${MAX_RULES} rules`);
  if (new Set(rules.map(({ id }) => id)).size < rules.length)
    throw new SpacesError("InvalidArgument", "Rule ID must be unique. Found same ID for more than one rule");
  return rules;
}

const malformed = (why: string) => new SpacesError("MalformedXML", why);

function rule(xml: Xml): LifecycleRule {
  const filter = xml.one("Filter");
  if (filter?.one("Tag") || filter?.one("And")?.one("Tag"))
    throw new SpacesError("NotImplemented", "Spaces has no lifecycle rules by tag");
  for (const name of ["Transition", "NoncurrentVersionTransition"])
    if (xml.one(name)) throw new SpacesError("NotImplemented", `${name}: Spaces has one storage class`);
  const id = xml.text("ID") || randomUUID();
  if (id.length > 255)
    throw new SpacesError("InvalidArgument", "ID length should not exceed allowed limit of 255");
  const status = xml.text("Status");
  if (status !== "Enabled" && status !== "Disabled") throw malformed("Status must be Enabled or Disabled");
  const expiration = xml.one("Expiration");
  const noncurrentDays = days(xml.one("NoncurrentVersionExpiration"), "NoncurrentDays");
  const abortDays = days(xml.one("AbortIncompleteMultipartUpload"), "DaysAfterInitiation");
  if (!expiration && noncurrentDays === undefined && abortDays === undefined)
    throw new SpacesError("InvalidRequest", "At least one action needs to be specified in a rule");
  return {
    id,
    enabled: status === "Enabled",
    filter: filter !== undefined,
    prefix: filter?.text("Prefix") ?? filter?.one("And")?.text("Prefix") ?? xml.text("Prefix") ?? "",
    ...(expiration && { expiration: expirationOf(expiration) }),
    ...(noncurrentDays !== undefined && { noncurrentDays }),
    ...(abortDays !== undefined && { abortDays }),
  };
}

function expirationOf(xml: Xml): NonNullable<LifecycleRule["expiration"]> {
  const after = days(xml, "Days");
  const date = xml.text("Date");
  const marker = xml.text("ExpiredObjectDeleteMarker");
  if ([after, date, marker].filter((given) => given !== undefined).length > 1)
    throw malformed("an expiration has one of Days, Date and ExpiredObjectDeleteMarker");
  const time = Date.parse(date ?? "");
  if (date !== undefined && time % DAY !== 0)
    throw new SpacesError("InvalidArgument", "'Date' must be at midnight GMT");
  return {
    ...(after !== undefined && { days: after }),
    ...(date !== undefined && { date: new Date(time).toISOString() }),
    ...(marker !== undefined && { expiredObjectDeleteMarker: marker === "true" }),
  };
}

function days(xml: Xml | undefined, name: string): number | undefined {
  const text = xml?.text(name);
  if (text === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(text))
    throw new SpacesError("InvalidArgument", `'${name}' must be a positive whole number of days`);
  return Number(text);
}

export const lifecycleXml = (rules: readonly LifecycleRule[]): Content => ({
  Rule: rules.map(({ id, enabled, filter, prefix, expiration, noncurrentDays, abortDays }) => ({
    ID: id,
    ...(filter ? { Filter: { Prefix: prefix } } : { Prefix: prefix }),
    Status: enabled ? "Enabled" : "Disabled",
    Expiration: expiration && {
      Days: expiration.days,
      Date: expiration.date,
      ExpiredObjectDeleteMarker: expiration.expiredObjectDeleteMarker,
    },
    NoncurrentVersionExpiration:
      noncurrentDays === undefined ? undefined : { NoncurrentDays: noncurrentDays },
    AbortIncompleteMultipartUpload: abortDays === undefined ? undefined : { DaysAfterInitiation: abortDays },
  })),
});

/** Days are counted from the next midnight, in UTC. */
const dueAfter = (time: number, after: number): number => Math.ceil((time + after * DAY) / DAY) * DAY;

/** When a rule takes an object's latest version, and which does; undefined when none will. */
export function expiryOf(
  rules: readonly LifecycleRule[],
  entry: Entry,
): { at: number; rule: string } | undefined {
  const dates = rules
    .filter(({ enabled, prefix, expiration }) => enabled && expiration && entry.key.startsWith(prefix))
    .flatMap(({ id, expiration }) => {
      if (expiration?.days !== undefined)
        return [{ at: dueAfter(entry.modified, expiration.days), rule: id }];
      return expiration?.date !== undefined ? [{ at: Date.parse(expiration.date), rule: id }] : [];
    });
  return dates.sort((one, other) => one.at - other.at)[0];
}

/**
 * Does to a bucket what its rules say is due at `now`. There are no timers: it is asked before every request on the bucket, so
 * whoever looks sees what the platform's daily run would have left.
 */
export function applyLifecycle(bucket: Saved<Bucket>, entries: Entries, uploads: Uploads, now: number): void {
  const rules = bucket.lifecycle.filter(({ enabled }) => enabled);
  for (const { prefix, abortDays } of [...rules, { prefix: "", abortDays: ABANDONED_DAYS }])
    if (abortDays !== undefined)
      for (const upload of uploads.startedUntil(now - abortDays * DAY))
        if (upload.key.startsWith(prefix) && dueAfter(upload.started, abortDays) <= now)
          uploads.remove(upload);

  for (const { prefix, expiration, noncurrentDays } of rules) {
    const { days: after, date, expiredObjectDeleteMarker: clears } = expiration ?? {};
    if (after !== undefined)
      for (const entry of entries.due("modified", prefix, now - after * DAY))
        if (dueAfter(entry.modified, after) <= now) entries.delete(entry.key, bucket.versioning, now);
    if (date !== undefined && Date.parse(date) <= now)
      for (const entry of entries.due("modified", prefix, now))
        entries.delete(entry.key, bucket.versioning, now);
    if (noncurrentDays !== undefined)
      for (const entry of entries.due("replaced", prefix, now - noncurrentDays * DAY))
        if (dueAfter(entry.replaced ?? now, noncurrentDays) <= now) entries.remove(entry);
    // A marker with nothing below it is what is left of an object whose versions have gone; it ages like the object.
    if (clears || after !== undefined)
      for (const entry of entries.due("marker", prefix, now - (after ?? 0) * DAY))
        if (entries.count(entry.key) === 1) entries.remove(entry);
  }
}
