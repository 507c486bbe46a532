/** The table of a load balancer, and what its parts may be to each other. */
import type { Failure } from "../provider/check.ts";
import {
  between,
  boolean,
  integer,
  lengthBetween,
  list,
  map,
  notEmpty,
  object,
  oneOf,
  type Properties,
  set,
  string,
} from "../provider/schema.ts";
import { isObject, unknown, type Value, type Values } from "../provider/values.ts";
import { tag } from "./database.ts";

const port = integer({ required: true, check: between(1, 65_535) });
const flag = boolean({ default: false });
/** Programs may write these in any case. */
const word =
  (...allowed: string[]) =>
  (value: Value): string | undefined =>
    oneOf(...allowed)(String(value).toUpperCase());
/** Sent, and never read back by the official plugin. */
const unread = { writeOnly: true } as const;

const forwardingRule = object({
  entryProtocol: string({ required: true, check: oneOf("http", "https", "http2", "http3", "tcp", "udp") }),
  entryPort: port,
  targetProtocol: string({ required: true, check: oneOf("http", "https", "http2", "tcp", "udp") }),
  targetPort: port,
  /** Holds the name as well: the id changes when a certificate is renewed. */
  certificateId: string({ computed: true, api: false, check: notEmpty }),
  certificateName: string({ computed: true, api: false, check: notEmpty }),
  tlsPassthrough: flag,
});

const healthcheck: Properties = {
  protocol: string({ required: true, check: oneOf("http", "https", "tcp") }),
  port,
  path: string({ check: notEmpty }),
  checkIntervalSeconds: integer({ default: 10, check: between(3, 300) }),
  responseTimeoutSeconds: integer({ default: 5, check: between(3, 300) }),
  unhealthyThreshold: integer({ default: 3, check: between(2, 10) }),
  healthyThreshold: integer({ default: 5, check: between(2, 10) }),
};

const stickySessions: Properties = {
  type: string({ default: "none", check: oneOf("cookies", "none") }),
  cookieName: string({ check: lengthBetween(2, 40) }),
  cookieTtlSeconds: integer({ check: between(1, Number.MAX_SAFE_INTEGER) }),
};

const domain = object({
  name: string({ required: true, check: notEmpty }),
  isManaged: flag,
  certificateName: string({ computed: true, api: false, check: notEmpty }),
  certificateId: string({ output: true, api: false }),
  verificationErrorReasons: list(string(), { output: true }),
  sslValidationErrorReasons: list(string(), { output: true }),
});

const glbSettings: Properties = {
  targetProtocol: string({ required: true, check: oneOf("http", "https") }),
  targetPort: integer({ required: true, check: oneOf(80, 443) }),
  regionPriorities: map(integer()),
  failoverThreshold: integer({ check: between(1, 99) }),
  cdn: object({ isEnabled: flag }),
};

export const properties: Properties = {
  name: string({ required: true, autoname: 255, check: notEmpty }),
  region: string({ replaces: true, same: (old, now) => String(now).toLowerCase() === old }),
  type: string({ computed: true, replaces: true, check: word("REGIONAL", "GLOBAL", "REGIONAL_NETWORK") }),
  network: string({ ...unread, replaces: true, check: word("EXTERNAL", "INTERNAL") }),
  networkStack: string({ ...unread, replaces: true, check: word("IPV4", "DUALSTACK") }),
  vpcUuid: string({ computed: true, replaces: true, check: notEmpty }),
  subnetUuid: string({ computed: true, replaces: true, check: notEmpty }),
  /** An address of one's own, for the create alone. */
  ip: string({ computed: true, replaces: true }),
  projectId: string({ computed: true }),
  size: string({ ...unread, check: oneOf("lb-small", "lb-medium", "lb-large") }),
  sizeUnit: integer({ computed: true, check: between(1, 200) }),
  algorithm: string({
    default: "round_robin",
    deprecated: true,
    check: oneOf("round_robin", "least_connections"),
  }),
  forwardingRules: set(forwardingRule),
  healthcheck: object(healthcheck, { computed: true, api: "health_check" }),
  stickySessions: object(stickySessions, { computed: true }),
  redirectHttpToHttps: flag,
  enableProxyProtocol: flag,
  enableBackendKeepalive: flag,
  disableLetsEncryptDnsRecords: flag,
  httpIdleTimeoutSeconds: integer({ computed: true }),
  tlsCipherPolicy: string({ ...unread, check: word("DEFAULT", "STRONG") }),
  firewall: object(
    { allows: list(string(), { api: "allow" }), denies: list(string(), { api: "deny" }) },
    { computed: true },
  ),
  dropletIds: set(integer(), { computed: true, conflicts: ["dropletTag"] }),
  dropletTag: { ...tag, api: "tag" },
  domains: set(domain, { computed: true }),
  glbSettings: object(glbSettings, { computed: true, conflicts: ["forwardingRules"] }),
  targetLoadBalancerIds: set(string(), { computed: true }),
  loadBalancerUrn: string({ output: true, api: false }),
  ipv6: string({ output: true }),
  status: string({ output: true }),
};

export function check({ type, region, healthcheck, stickySessions }: Values): Failure[] {
  const failures: Failure[] = [];
  const fail = (property: string, reason: string): void => {
    failures.push({ property, reason });
  };
  if (!type && !region) fail("region", "missing 'region' value");
  if (String(type).toUpperCase() === "GLOBAL" && region)
    fail("region", `'region' must be empty or not set when 'type' is '${String(type)}'`);
  if (type && type !== unknown && String(type).toUpperCase() !== "GLOBAL" && !region)
    fail("region", `'region' must be set and not be empty when 'type' is '${String(type)}'`);
  if (isObject(healthcheck) && healthcheck.protocol !== unknown) {
    const { protocol, path } = healthcheck;
    if (protocol === "tcp" && path)
      fail("healthcheck.path", "health check `path` is not allowed for when protocol is `tcp`");
    if (protocol !== "tcp" && !path)
      fail(
        "healthcheck.path",
        `health check \`path\` is required for when protocol is \`${String(protocol)}\``,
      );
  }
  if (isObject(stickySessions)) checkSessions(stickySessions, fail);
  return failures;
}

function checkSessions(
  { type = "none", ...cookie }: Values,
  fail: (property: string, reason: string) => void,
): void {
  if (type === unknown) return;
  for (const [name, field] of Object.entries({
    cookieName: "cookie_name",
    cookieTtlSeconds: "cookie_ttl_seconds",
  })) {
    const property = `stickySessions.${name}`;
    if (type === "cookies" && !cookie[name])
      fail(property, `sticky sessions \`${field}\` is required for when type is \`cookie\``);
    if (type !== "cookies" && cookie[name])
      fail(property, `sticky sessions \`${field}\` is not allowed for when type is \`none\``);
  }
}
