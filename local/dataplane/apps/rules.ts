import type { IncomingMessage } from "node:http";
import type { Redirect, RuleSpec } from "./spec.ts";

/** Which rule of the ingress a request meets, and what becomes of its path. */

/** Among those that match: one for this host alone first, then the longest prefix, then the first. */
export function ruleFor(rules: readonly RuleSpec[], url: string, host: string): RuleSpec | undefined {
  const path = pathOf(url);
  const name = host.replace(/:\d+$/, "").toLowerCase();
  const isMet = (rule: RuleSpec) =>
    isBelow(path, rule.prefix) && (rule.authority === undefined || rule.authority.toLowerCase() === name);
  const rank = (rule: RuleSpec) => (rule.authority === undefined ? 0 : 1000) + rule.prefix.length;
  return rules
    .filter(isMet)
    .reduce<RuleSpec | undefined>(
      (best, rule) => (best && rank(best) >= rank(rule) ? best : rule),
      undefined,
    );
}

/** The path for a component: without the prefix, unless the rule keeps or rewrites it. */
export function pathFor({ prefix, component }: RuleSpec, url: string): string {
  const path = pathOf(url);
  const query = url.slice(path.length);
  if (!component || component.keepPrefix) return path + query;
  const rest = path.slice(prefix.replace(/\/$/, "").length);
  const base = component.rewrite ?? "/";
  return `${base.replace(/\/$/, "")}/${rest.replace(/^\//, "")}${query}`;
}

/** Where a redirect leads: what it leaves out stays as it was asked for. */
export function redirectTo(redirect: Redirect, request: IncomingMessage, here: URL): string {
  const asked = request.headers.host ?? here.host;
  const scheme = redirect.scheme ?? "https";
  const host = redirect.authority ?? (redirect.port ? asked.replace(/:\d+$/, "") : asked);
  return `${scheme}://${host}${redirect.port ? `:${redirect.port}` : ""}${redirect.uri ?? request.url ?? "/"}`;
}

const pathOf = (url: string) => /^[^?#]*/.exec(url)?.[0] ?? "/";
const isBelow = (path: string, prefix: string) =>
  prefix.endsWith("/") ? path.startsWith(prefix) : path === prefix || path.startsWith(`${prefix}/`);
