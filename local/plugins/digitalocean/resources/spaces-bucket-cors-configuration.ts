/** The CORS rules of a bucket, all of them (terraform-provider-digitalocean: resource_spaces_bucket_cors_configuration). */
import type { Existing, Operation, Resource } from "../../provider/resource.ts";
import { integer, lengthBetween, object, type Properties, set, string } from "../../provider/schema.ts";
import type { Values } from "../../provider/values.ts";
import type { Api } from "../api.ts";
import { corsRulesXml, onBucket, placeOf, readXml, writeXml } from "../buckets.ts";
import { named } from "../rest.ts";
import { regionAndName, spacesRegion } from "../spaces.ts";

const corsRule = object({
  allowedHeaders: set(string()),
  allowedMethods: set(string(), { required: true }),
  allowedOrigins: set(string(), { required: true }),
  exposeHeaders: set(string()),
  id: string({ check: lengthBetween(0, 255) }),
  maxAgeSeconds: integer(),
});
const properties: Properties = {
  bucket: string({ required: true }),
  region: spacesRegion({ required: true }),
  corsRules: set(corsRule, { required: true }),
};

async function write(operation: Operation<Api>, planned: Values): Promise<Existing> {
  await writeXml(operation, placeOf(planned), "cors=", "CORSConfiguration", corsRulesXml(planned.corsRules));
  return read(operation, String(planned.bucket), planned);
}

async function read(operation: Operation<Api>, id: string, { region = null }: Values): Promise<Existing> {
  const xml = await readXml(operation, placeOf({ region, bucket: id }), "cors=", "CORSConfiguration");
  const corsRules = xml.all("CORSRule").map((rule) => {
    const texts = (name: string) => rule.all(name).map(({ value }) => value);
    return {
      allowedHeaders: texts("AllowedHeader"),
      allowedMethods: texts("AllowedMethod"),
      allowedOrigins: texts("AllowedOrigin"),
      exposeHeaders: texts("ExposeHeader"),
      id: rule.text("ID") ?? "",
      maxAgeSeconds: Number(rule.text("MaxAgeSeconds") ?? 0),
    };
  });
  return { id, state: { bucket: id, region, corsRules } };
}

const corsConfiguration: Resource<Api> = {
  properties,
  importId: (text) => {
    const { id, region } = regionAndName(text, "a Spaces bucket");
    return { id, state: { region } };
  },
  create: (operation, planned) =>
    named("configuring CORS for Spaces bucket", () => write(operation, planned)),
  read: (operation, id, state) =>
    named("fetching Spaces bucket CORS configuration", () => read(operation, id, state)),
  update: (operation, _id, planned) =>
    named("configuring CORS for Spaces bucket", () => write(operation, planned)),
  delete: (operation, id, { region = null }) =>
    named("deleting Spaces bucket CORS configuration", async () => {
      await onBucket(operation, placeOf({ region, bucket: id }), { method: "DELETE", query: "cors=" });
    }),
};
export default corsConfiguration;
