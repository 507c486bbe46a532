/** The keys of a bucket (terraform-provider-digitalocean: datasource_spaces_bucket_objects). */
import { randomUUID } from "node:crypto";
import type { Invokable } from "../../provider/resource.ts";
import { integer, list, notEmpty, oneOf, string } from "../../provider/schema.ts";
import type { Api } from "../api.ts";
import { placeOf, readXml } from "../buckets.ts";
import { named } from "../rest.ts";
import { spacesRegion } from "../spaces.ts";

/** What one request gives at most. */
const PAGE = 1000;

export default {
  properties: {
    bucket: string({ required: true, check: notEmpty }),
    region: spacesRegion({ required: true }),
    prefix: string(),
    delimiter: string(),
    encodingType: string({ check: oneOf("url") }),
    /** Of all pages together. */
    maxKeys: integer({ default: 1000 }),
    keys: list(string(), { output: true }),
    commonPrefixes: list(string(), { output: true }),
    owners: list(string(), { output: true }),
  },
  invoke: (operation, inputs) =>
    named(`listing Spaces Bucket (${String(inputs.bucket)}) Objects`, async () => {
      const { prefix, delimiter, encodingType, maxKeys } = inputs;
      const keys: string[] = [];
      const commonPrefixes: string[] = [];
      const owners: string[] = [];
      for (let marker = ""; keys.length < Number(maxKeys); ) {
        const given = Object.entries({ prefix, delimiter, "encoding-type": encodingType, marker })
          .filter(([, value]) => value)
          .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
        const limit = Math.min(Number(maxKeys) - keys.length, PAGE);
        const query = [...given, `max-keys=${limit}`].join("&");
        const page = await readXml(operation, placeOf(inputs), query, "ListBucketResult");
        for (const object of page.all("Contents")) {
          keys.push(object.text("Key") ?? "");
          owners.push(object.one("Owner")?.text("ID") ?? "");
        }
        commonPrefixes.push(...page.all("CommonPrefixes").map((one) => one.text("Prefix") ?? ""));
        marker = page.text("NextMarker") ?? "";
        if (page.text("IsTruncated") !== "true") break;
      }
      return { ...inputs, id: randomUUID(), keys, commonPrefixes, owners };
    }),
} satisfies Invokable<Api>;
