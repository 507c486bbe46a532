import { unprocessable } from "../../errors.ts";
import type { ForwardingRule, HealthCheck, LoadBalancerInput } from "./input.ts";

/** What the parts of a load balancer may be to each other. Throws the platform's 422 for the first rule that is broken. */

/** The platform's own, on every load balancer (https://docs.digitalocean.com/products/networking/load-balancers/details/limits/). */
const RESERVED_PORTS = [50_053, 50_054, 50_055];
const WEB = ["http", "https", "http2", "http3"];
const ENCRYPTED = ["https", "http2", "http3"];
/** Those who share a number of a port but not the port itself. */
const transportOf = (protocol: string): string =>
  protocol === "udp" || protocol === "http3" ? "udp" : "tcp";

const refuse = (reason: string): never => {
  throw unprocessable(reason);
};

export function refuseBrokenRules(input: LoadBalancerInput): void {
  const { forwarding_rules: rules, type } = input;
  if (type === "GLOBAL") refuseNotGlobal(input);
  else {
    if (rules.length === 0) refuse("forwarding_rules: must be at least 1 items long");
    if (input.glb_settings || input.domains.length > 0 || input.target_load_balancer_ids.length > 0)
      refuse("glb_settings, domains and target_load_balancer_ids are for load balancers of type GLOBAL");
  }
  for (const [at, rule] of rules.entries()) refuseRule(rule, `forwarding_rules[${at}]`, type);
  refuseSharedPorts(rules);

  if (
    input.redirect_http_to_https &&
    !rules.some(({ entry_protocol: entry }) => entry === "https" || entry === "http2")
  )
    refuse("redirect_http_to_https: needs a forwarding rule for https or http2");
  if (input.health_check) refuseHealthCheck(input.health_check);
  refuseStickySessions(input);
  if (input.tag && input.droplet_ids.length > 0) refuse("droplet_ids and tag can not be used together");
  if (input.droplet_ids.length > 10) refuse("droplet_ids: must be at most 10 items long: use a tag for more");
}

function refuseNotGlobal({
  region,
  vpc_uuid,
  forwarding_rules,
  glb_settings,
  network,
}: LoadBalancerInput): void {
  if (region) refuse("region: must be empty for load balancers of type GLOBAL");
  if (vpc_uuid) refuse("vpc_uuid: must be empty for load balancers of type GLOBAL");
  if (forwarding_rules.length > 0)
    refuse("forwarding_rules: must be empty for load balancers of type GLOBAL");
  if (network === "INTERNAL") refuse("network: load balancers of type GLOBAL are EXTERNAL");
  if (!glb_settings) refuse("glb_settings is required for load balancers of type GLOBAL");
}

function refuseRule(rule: ForwardingRule, where: string, type: string | undefined): void {
  const { entry_protocol: entry, target_protocol: target, certificate_id, tls_passthrough } = rule;
  for (const port of [rule.entry_port, rule.target_port])
    if (RESERVED_PORTS.includes(port)) refuse(`${where}: port ${port} is reserved`);
  if (type === "REGIONAL_NETWORK" && WEB.includes(entry))
    refuse(`${where}: load balancers of type REGIONAL_NETWORK forward tcp and udp only`);
  const fits = WEB.includes(entry) ? WEB.includes(target) : entry === target;
  if (!fits) refuse(`${where}: ${entry} can not be forwarded as ${target}`);
  if (!ENCRYPTED.includes(entry)) {
    if (tls_passthrough) refuse(`${where}: tls_passthrough needs https or http2 as its entry_protocol`);
    if (certificate_id) refuse(`${where}: certificate_id needs https, http2 or http3 as its entry_protocol`);
    return;
  }
  if (tls_passthrough && entry === "http3") refuse(`${where}: http3 can not be passed through`);
  if (tls_passthrough && target !== entry)
    refuse(`${where}: tls_passthrough needs the same protocol on both sides`);
  if (tls_passthrough && certificate_id) refuse(`${where}: has both a certificate_id and tls_passthrough`);
  if (!tls_passthrough && !certificate_id)
    refuse(`${where}: ${entry} needs a certificate_id or tls_passthrough`);
}

function refuseSharedPorts(rules: readonly ForwardingRule[]): void {
  const taken = new Set<string>();
  for (const { entry_protocol, entry_port } of rules) {
    const port = `${transportOf(entry_protocol)}/${entry_port}`;
    if (taken.has(port)) refuse(`forwarding_rules: two of them listen on ${port}`);
    taken.add(port);
  }
}

function refuseHealthCheck({ protocol, path }: HealthCheck): void {
  if (protocol === "tcp" && path) refuse("health_check.path: must be empty when the protocol is tcp");
  if (path && !path.startsWith("/")) refuse("health_check.path: must start with /");
}

function refuseStickySessions({
  sticky_sessions: sessions,
  forwarding_rules: rules,
}: LoadBalancerInput): void {
  if (!sessions) return;
  const { type, cookie_name: name, cookie_ttl_seconds: ttl } = sessions;
  if (type === "none") {
    if (name || ttl) refuse("sticky_sessions: cookie_name and cookie_ttl_seconds need the type cookies");
    return;
  }
  if (!name || name.length < 2 || name.length > 40)
    refuse("sticky_sessions.cookie_name: must be 2 to 40 characters long");
  if (!ttl) refuse("sticky_sessions.cookie_ttl_seconds: must be at least 1");
  if (rules.some(({ tls_passthrough, entry_protocol }) => tls_passthrough || !WEB.includes(entry_protocol)))
    refuse("sticky_sessions: cookies need rules for http that end TLS here");
}
