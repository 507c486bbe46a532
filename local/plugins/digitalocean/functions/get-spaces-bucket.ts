/** A bucket, by name and region (terraform-provider-digitalocean: datasource_spaces_bucket). */
import type { Invokable } from "../../provider/resource.ts";
import { type Properties, string } from "../../provider/schema.ts";
import type { Value, Values } from "../../provider/values.ts";
import type { Api } from "../api.ts";
import { onBucket } from "../buckets.ts";
import { named } from "../rest.ts";
import { spacesRegion, unlessMissing } from "../spaces.ts";

/** What is told of a bucket: all of it follows from its name and region. */
export const bucketFields: Properties = {
  name: string({ output: true }),
  region: string({ output: true }),
  urn: string({ output: true }),
  bucketDomainName: string({ output: true }),
  endpoint: string({ output: true }),
};

export const bucketFacts = (name: Value | undefined, region: Value | undefined): Values => ({
  name: String(name),
  region: String(region),
  urn: `do:space:${String(name)}`,
  bucketDomainName: `${String(name)}.${String(region)}.digitaloceanspaces.com`,
  endpoint: `${String(region)}.digitaloceanspaces.com`,
});

export default {
  properties: { ...bucketFields, name: string({ required: true }), region: spacesRegion({ required: true }) },
  invoke: (operation, { name = null, region = null }) =>
    named("reading bucket", async () => {
      const place = { region: String(region), bucket: String(name) };
      if (!(await unlessMissing(() => onBucket(operation, place, { method: "HEAD" }))))
        throw new Error(`Spaces Bucket (${place.bucket}) not found`);
      return { ...bucketFacts(name, region), id: place.bucket };
    }),
} satisfies Invokable<Api>;
