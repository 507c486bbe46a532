import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { dnsSpfHardFail } from "./dns-spf-hard-fail.ts";

const record = (value: unknown) => [resource(types.dnsRecord, { type: "TXT", value })];

cases(dnsSpfHardFail, {
  good: {
    "one that refuses": record("v=spf1 mx -all"),
    "another text": record("~all"),
    "no text": record(undefined),
  },
  bad: { "one that marks": [record("v=spf1 mx ~all"), "value", /marked, not refused.*-all/] },
  unknown: { "the text": [record(unknown), "value"] },
});
