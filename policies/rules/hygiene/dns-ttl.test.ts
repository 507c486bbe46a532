import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { dnsTtl } from "./dns-ttl.ts";

const record = (ttl: unknown) => [resource(types.dnsRecord, { type: "A", ttl })];

cases(dnsTtl, {
  good: { "an hour": record(3600), "the default, which is half an hour": record(undefined) },
  bad: { "a day": [record(86_400), "ttl", /for 86400 seconds.*lower/] },
  unknown: { "the time": [record(unknown), "ttl"] },
});
