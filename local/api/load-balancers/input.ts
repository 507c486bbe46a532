import { isIPv4, isIPv6 } from "node:net";
import * as z from "zod";
import { reference, tagName } from "../../input.ts";

/** What requests carry of a load balancer; empty strings and zeros stand for what is left out, as clients in Go send it. */

const port = z.int().min(1).max(65_535);
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);
/** Upper case in answers, whatever a request has (the provider ignores case). */
const word = <const T extends readonly string[]>(values: T) =>
  z
    .string()
    .nullish()
    .transform((text) => text?.toUpperCase() || undefined)
    .pipe(z.enum(values).optional());
const text = z
  .string()
  .nullish()
  .transform((value) => value || undefined);

export const ForwardingRule = z.object({
  entry_protocol: z.enum(["http", "https", "http2", "http3", "tcp", "udp"]),
  entry_port: port,
  target_protocol: z.enum(["http", "https", "http2", "tcp", "udp"]),
  target_port: port,
  certificate_id: text,
  tls_passthrough: flag,
});
export type ForwardingRule = z.output<typeof ForwardingRule>;

const threshold = z.int().min(2).max(10);
const seconds = z.int().min(3).max(300);

export const HealthCheck = z.object({
  protocol: z.enum(["http", "https", "tcp"]).default("http"),
  port: port.default(80),
  path: text,
  check_interval_seconds: seconds.default(10),
  response_timeout_seconds: seconds.default(5),
  unhealthy_threshold: threshold.default(3),
  healthy_threshold: threshold.default(5),
});
export type HealthCheck = z.output<typeof HealthCheck>;

export const StickySessions = z.object({
  type: z.enum(["cookies", "none"]).default("none"),
  cookie_name: text,
  cookie_ttl_seconds: z
    .int()
    .min(0)
    .max(34_650_000)
    .nullish()
    .transform((ttl) => ttl || undefined),
});
export type StickySessions = z.output<typeof StickySessions>;

/** `ip:1.2.3.4` or `cidr:1.2.0.0/16`. */
const Source = z.string().refine((source) => {
  const [, kind, address = "", bits = ""] = /^(ip|cidr):([^/]+)(?:\/(\d{1,3}))?$/.exec(source) ?? [];
  const width = isIPv4(address) ? 32 : isIPv6(address) ? 128 : 0;
  return width > 0 && (kind === "cidr" ? bits !== "" && Number(bits) <= width : bits === "");
}, "must be ip:<address> or cidr:<address>/<bits>");
const Sources = z
  .array(Source)
  .max(500)
  .nullish()
  .transform((sources) => sources ?? []);

export const GlobalDomain = z.object({ name: z.string().min(1), is_managed: flag, certificate_id: text });

export const GlobalSettings = z.object({
  target_protocol: z
    .string()
    .toLowerCase()
    .pipe(z.enum(["http", "https", "http2"])),
  target_port: port,
  cdn: z.object({ is_enabled: flag }).nullish(),
  region_priorities: z.record(z.string(), z.int().min(1)).nullish(),
  failover_threshold: z.int().min(0).max(99).nullish(),
});

export const LoadBalancerInput = z.object({
  name: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[a-zA-Z0-9.-]+$/, "may only contain letters, numbers, dashes and periods"),
  type: word(["REGIONAL", "REGIONAL_NETWORK", "GLOBAL"]),
  region: z
    .string()
    .nullish()
    .transform((slug) => slug?.toLowerCase() || undefined),
  network: word(["EXTERNAL", "INTERNAL"]),
  network_stack: word(["IPV4", "DUALSTACK"]),
  ip: text,
  vpc_uuid: reference,
  project_id: reference,
  /** The description says 100 at most, the provider and the documentation 200. */
  size_unit: z
    .int()
    .min(0)
    .max(200)
    .nullish()
    .transform((nodes) => nodes || undefined),
  size: z.enum(["lb-small", "lb-medium", "lb-large"]).or(z.literal("")).nullish(),
  algorithm: z.enum(["round_robin", "least_connections"]).or(z.literal("")).nullish(),
  forwarding_rules: z
    .array(ForwardingRule)
    .max(40)
    .nullish()
    .transform((rules) => rules ?? []),
  health_check: HealthCheck.nullish(),
  sticky_sessions: StickySessions.nullish(),
  redirect_http_to_https: flag,
  enable_proxy_protocol: flag,
  enable_backend_keepalive: flag,
  disable_lets_encrypt_dns_records: flag,
  http_idle_timeout_seconds: z.int().min(30).max(600).default(60),
  tls_cipher_policy: word(["DEFAULT", "STRONG"]),
  firewall: z.object({ allow: Sources, deny: Sources }).nullish(),
  droplet_ids: z
    .array(z.int().min(1))
    .nullish()
    .transform((ids) => ids ?? []),
  tag: tagName.or(z.literal("")).nullish(),
  domains: z
    .array(GlobalDomain)
    .nullish()
    .transform((names) => names ?? []),
  glb_settings: GlobalSettings.nullish(),
  target_load_balancer_ids: z
    .array(z.string())
    .nullish()
    .transform((ids) => ids ?? []),
});
export type LoadBalancerInput = z.output<typeof LoadBalancerInput>;
