import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { dnsSpfClosed } from "./dns-spf-closed.ts";

const record = (value: unknown, type: unknown = "TXT") => [resource(types.dnsRecord, { type, value })];

cases(dnsSpfClosed, {
  good: {
    "one of which nothing is told": [resource(types.dnsRecord)],
    "one that ends in -all": record("v=spf1 include:_spf.example.com -all"),
    "one that doubts the rest": record("v=spf1 mx ~all"),
    "another text": record("google-site-verification=all"),
    "an address": record("203.0.113.7", "A"),
  },
  bad: {
    "one for all": [record("v=spf1 +all"), "value", /anybody may send.*-all/],
    "one for all, in quotes": [record('"v=spf1 mx all"'), "value", /anybody/],
    "one that has no opinion": [record("v=spf1 ?all"), "value", /anybody/],
  },
  unknown: { "the text": [record(unknown), "value"], "the kind": [record("v=spf1 +all", unknown), "type"] },
});
