/** The policy of a bucket (terraform-provider-digitalocean: resource_spaces_bucket_policy). */
import type { Existing, Operation, Resource } from "../../provider/resource.ts";
import { type Properties, string } from "../../provider/schema.ts";
import type { Value, Values } from "../../provider/values.ts";
import type { Api } from "../api.ts";
import { onBucket, placeOf } from "../buckets.ts";
import { named } from "../rest.ts";
import { regionAndName, spacesRegion } from "../spaces.ts";

const isJson = (value: Value): string | undefined =>
  parsed(value) === undefined ? "contains an invalid JSON policy" : undefined;

const properties: Properties = {
  bucket: string({ required: true, replaces: true }),
  region: spacesRegion({ required: true }),
  policy: string({
    required: true,
    check: isJson,
    same: (old, now) => JSON.stringify(alike(parsed(old))) === JSON.stringify(alike(parsed(now))),
  }),
};

function parsed(text: Value): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}

/** Keys in one order, and one text for a list of it or for the same list in another order: all of that means the same in a policy. */
function alike(value: unknown): unknown {
  if (Array.isArray(value)) {
    const all = value.map(alike);
    if (all.some((one) => typeof one === "object")) return all;
    return all.length === 1 ? all[0] : all.sort();
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, alike(inner)]));
}

/** As Go writes JSON that it has read: keys in order, and what HTML could take for its own escaped. */
function normalized(text: Value): string {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted);
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
    return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
  };
  return JSON.stringify(sorted(parsed(text))).replace(
    /[<>&]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  );
}

async function write(operation: Operation<Api>, planned: Values): Promise<Existing> {
  const body = String(planned.policy);
  await onBucket(operation, placeOf(planned), { method: "PUT", query: "policy=", body });
  return read(operation, String(planned.bucket), planned);
}

/** Whatever goes wrong is taken for no policy, as in the official plugin. */
async function read(operation: Operation<Api>, id: string, { region = null }: Values): Promise<Existing> {
  const place = placeOf({ region, bucket: id });
  const policy = await onBucket(operation, place, { method: "GET", query: "policy=" }).then(
    ({ body }) => body.toString(),
    () => "",
  );
  return { id, state: { bucket: id, region, policy } };
}

const bucketPolicy: Resource<Api> = {
  properties,
  importId: (text) => {
    const { id, region } = regionAndName(text, "a Spaces bucket policy");
    return { id, state: { region } };
  },
  plan: (planned) => ({
    ...planned,
    ...(typeof planned.policy === "string" && { policy: normalized(planned.policy) }),
  }),
  create: (operation, planned) => named("creating new Spaces bucket policy", () => write(operation, planned)),
  read: (operation, id, state) => named("fetching Spaces bucket policy", () => read(operation, id, state)),
  update: (operation, _id, planned) =>
    named("creating new Spaces bucket policy", () => write(operation, planned)),
  delete: (operation, id, { region = null }) =>
    named("deleting Spaces bucket policy", async () => {
      await onBucket(operation, placeOf({ region, bucket: id }), { method: "DELETE", query: "policy=" });
    }),
};
export default bucketPolicy;
