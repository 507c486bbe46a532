import { z } from "zod";
import { cdnTtls } from "../components/catalog.ts";
import { bucketImport, bucketName, bucketRegion, enabled, key } from "./buckets.ts";
import { field } from "./schema-kit.ts";

/** Settings of the public bucket behind the CDN. */
export const assets = z.strictObject({
  enabled,
  region: bucketRegion,
  name: bucketName("assets"),
  ttlSeconds: field(z.literal(cdnTtls), {
    description: "Seconds for which the CDN keeps what doesn't say otherwise.",
    default: 3600,
    allowed: `must be one of ${cdnTtls.join(", ")}`,
  }),
  customDomain: field(z.hostname().optional(), {
    description:
      "Host name of the CDN endpoint, such as `assets.example.com`. Inside `domain.name` it gets a certificate of its own.",
    allowed: "must be a host name",
  }),
  certificateName: field(z.string().min(1).optional(), {
    description: "Name of an existing certificate for `customDomain`. A wildcard one can't be used.",
  }),
  ...key,
  import: bucketImport,
});
