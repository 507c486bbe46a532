import type { StoredTime, Transition } from "../../call.ts";
import type { Place } from "../../dataplane/dataplane.ts";
import type { ForwardingRule, HealthCheck, LoadBalancerInput, StickySessions } from "./input.ts";

/** A load balancer as the store has it; its project is a relation. */
export interface LoadBalancer {
  type: "REGIONAL" | "REGIONAL_NETWORK" | "GLOBAL";
  /** None for a global one. */
  region?: string;
  network: "EXTERNAL" | "INTERNAL";
  network_stack: "IPV4" | "DUALSTACK";
  vpc_uuid?: string;
  /** It has one for life. */
  place: Place;
  change?: Transition;
  /** It ends in an error. */
  fails?: true;
  /** Nodes. */
  size_unit: number;
  /** Until when it can't be resized. */
  sizedUntil: StoredTime;
  algorithm: string;
  rules: Rule[];
  health_check: HealthCheck;
  sticky_sessions: StickySessions;
  redirect_http_to_https: boolean;
  enable_proxy_protocol: boolean;
  enable_backend_keepalive: boolean;
  disable_lets_encrypt_dns_records: boolean;
  http_idle_timeout_seconds: number;
  tls_cipher_policy: "DEFAULT" | "STRONG";
  firewall: { allow: string[]; deny: string[] };
  /** Its backends: those of a tag, or these. */
  tag: string;
  droplet_ids: number[];
  domains: GlobalDomain[];
  glb_settings?: NonNullable<LoadBalancerInput["glb_settings"]>;
  target_load_balancer_ids: string[];
}

/** Certificates are remembered by name: a renewed one has another id. */
export type Rule = Omit<ForwardingRule, "certificate_id"> & { certificate?: string };
export type GlobalDomain = { name: string; is_managed: boolean; certificate?: string };
