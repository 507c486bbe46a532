/** The buckets of every region (terraform-provider-digitalocean: datasource_spaces_buckets). */
import { parseXml } from "../../../spaces/xml.ts";
import { listing } from "../lists.ts";
import { callSpaces, SPACES_REGIONS } from "../spaces.ts";
import { bucketFacts, bucketFields } from "./get-spaces-bucket.ts";

export default listing("buckets", bucketFields, {
  items: async (operation) => {
    const found = SPACES_REGIONS.map(async (region) => {
      const { body } = await callSpaces(operation, region, { method: "GET" });
      const buckets = parseXml(body.toString(), "ListAllMyBucketsResult").one("Buckets")?.all("Bucket") ?? [];
      return buckets.map((bucket) => bucketFacts(bucket.text("Name"), region));
    });
    return (await Promise.all(found)).flat();
  },
});
