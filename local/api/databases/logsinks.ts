import * as z from "zod";
import { ok } from "../../call.ts";
import { preconditionFailed } from "../../errors.ts";
import { parse } from "../../input.ts";
import { create } from "../../resource.ts";
import { isMongo } from "./cluster.ts";
import { clusters } from "./clusters.ts";

interface Logsink {
  type: keyof typeof CONFIGS;
  config: Record<string, unknown>;
}

const Search = z.object({
  url: z.url({ protocol: /^https$/, error: "must be an https URL" }),
  index_prefix: z.string().min(1).max(1000),
  index_days_max: z.int().min(1).max(10_000).default(7),
  timeout: z.number().min(10).max(120).default(10),
  ca: z.string().optional(),
});

const CONFIGS = {
  rsyslog: z.object({
    server: z.string().min(1),
    port: z.int().min(1).max(65_535),
    tls: z.boolean().default(false),
    format: z.enum(["rfc5424", "rfc3164", "custom"]).default("rfc5424"),
    logline: z.string().optional(),
    sd: z.string().optional(),
    ca: z.string().optional(),
    key: z.string().optional(),
    cert: z.string().optional(),
  }),
  elasticsearch: Search,
  opensearch: Search,
  datadog: z.object({ site: z.string().min(1), datadog_api_key: z.string().min(1) }),
};

export const logsinks = clusters.owns<Logsink>({
  kind: "log sink",
  path: "/logsink",
  roots: ["sink", "sinks"],
  nameTaken: "log sink name is not available",
  unpaged: true,

  create: create({
    input: z.object({
      sink_name: z.string().min(2).max(63),
      sink_type: z.enum(["rsyslog", "elasticsearch", "opensearch", "datadog"]),
      config: z.record(z.string(), z.unknown()),
    }),
    make({ sink_name, sink_type, config }, call) {
      // https://docs.digitalocean.com/products/databases/mongodb/details/limits/: no rsyslog; Datadog is MongoDB's only.
      if (isMongo(call.parent) ? sink_type === "rsyslog" : sink_type === "datadog")
        throw preconditionFailed(`${sink_type} log sink not supported for ${call.parent.engine} clusters`);
      return { name: sink_name, type: sink_type, config: parse(CONFIGS[sink_type], config) };
    },
  }),
  remove: { reply: () => ({}) },
  view: (sink) => ({ sink_id: sink.id, sink_name: sink.name, sink_type: sink.type, config: sink.config }),
  bare: true,
});

logsinks.on("PUT", "", z.object({ config: z.record(z.string(), z.unknown()) }), (sink, { config }, call) => {
  logsinks.save(call, { ...sink, config: parse(CONFIGS[sink.type], config) });
  return ok({});
});
