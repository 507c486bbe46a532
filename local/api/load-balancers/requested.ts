import type { Call } from "../../call.ts";
import { unprocessable } from "../../errors.ts";
import { ensureTag } from "../../relations.ts";
import type { Draft } from "../../store.ts";
import { certificates } from "../certificates.ts";
import { refuseDroplets } from "./backends.ts";
import { type ForwardingRule, HealthCheck, type LoadBalancerInput } from "./input.ts";
import type { LoadBalancer, Rule } from "./load-balancer.ts";
import { refuseBrokenRules } from "./rules.ts";

/** Nodes of the sizes that had names. */
export const NODES = { "lb-small": 1, "lb-medium": 3, "lb-large": 6 };

type Settings = Omit<
  LoadBalancer,
  "type" | "region" | "network" | "network_stack" | "vpc_uuid" | "place" | "change" | "fails" | "sizedUntil"
>;

/** What a request says of everything that can change; what it leaves out is back at its default, as on the platform. */
export function settingsOf(input: LoadBalancerInput, vpc: string | undefined, call: Call): Draft<Settings> {
  refuseBrokenRules(input);
  refuseDroplets(call, input.droplet_ids, vpc);
  const { health_check: check, sticky_sessions: sessions, firewall } = input;
  const isWeb = check ? check.protocol !== "tcp" : true;
  return {
    name: input.name,
    size_unit: input.size_unit ?? (input.size ? NODES[input.size] : 1),
    algorithm: input.algorithm || "round_robin",
    rules: input.forwarding_rules.map((rule) => ruleFrom(rule, call)),
    health_check: {
      ...(check ?? HealthCheck.parse({})),
      path: isWeb ? (check?.path ?? "/") : undefined,
    },
    sticky_sessions: sessions ?? { type: "none", cookie_name: undefined, cookie_ttl_seconds: undefined },
    redirect_http_to_https: input.redirect_http_to_https,
    enable_proxy_protocol: input.enable_proxy_protocol,
    enable_backend_keepalive: input.enable_backend_keepalive,
    disable_lets_encrypt_dns_records: input.disable_lets_encrypt_dns_records,
    http_idle_timeout_seconds: input.http_idle_timeout_seconds,
    tls_cipher_policy: input.tls_cipher_policy ?? "DEFAULT",
    firewall: firewall ?? { allow: [], deny: [] },
    tag: input.tag ? ensureTag(call, input.tag) : "",
    droplet_ids: input.droplet_ids,
    domains: input.domains.map(({ certificate_id, ...domain }) => ({
      ...domain,
      ...certificateOf(certificate_id, call),
    })),
    ...(input.glb_settings && { glb_settings: input.glb_settings }),
    target_load_balancer_ids: input.target_load_balancer_ids.map((id) => targetFrom(id, call)),
  };
}

const ruleFrom = ({ certificate_id, ...rule }: ForwardingRule, call: Call): Rule => ({
  ...rule,
  ...certificateOf(certificate_id, call),
});

function certificateOf(id: string | undefined, call: Call): { certificate?: string } {
  if (id === undefined) return {};
  const certificate = certificates.find(call, id);
  if (!certificate) throw unprocessable(`certificate_id: there is no certificate ${id}`);
  return { certificate: certificate.name };
}

function targetFrom(id: string, call: Call): string {
  const target = call.store.get<LoadBalancer>("load balancer", "", id);
  if (!target || target.type === "GLOBAL")
    throw unprocessable(`target_load_balancer_ids: there is no regional load balancer ${id}`);
  return id;
}
