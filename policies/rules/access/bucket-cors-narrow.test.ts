import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { bucketCorsNarrow } from "./bucket-cors-narrow.ts";

const cors = (...allowedOrigins: unknown[]) => [
  resource(types.spacesBucketCorsConfiguration, { corsRules: [{ allowedMethods: ["GET"], allowedOrigins }] }),
];
const first = "corsRules[0].allowedOrigins[0]";

cases(bucketCorsNarrow, {
  good: {
    "sites by name": cors("https://www.example.com", "http://localhost:5173"),
    "no rules": [resource(types.spacesBucket), resource(types.spacesBucketCorsConfiguration)],
  },
  bad: {
    "any site": [cors("*"), first, /any site.*list the origins/],
    "any site under a name": [cors("https://*.example.com"), first, /any site/],
    "any site, in the old field": [
      [resource(types.spacesBucket, { corsRules: [{ allowedOrigins: ["https://a.example.com", "*"] }] })],
      "corsRules[0].allowedOrigins[1]",
      /any site/,
    ],
  },
  unknown: { "an origin": [cors(unknown), first] },
});
