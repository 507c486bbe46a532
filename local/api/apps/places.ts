import type { Saved } from "../../store.ts";
import type { App } from "./apps.ts";
import type { Spec } from "./spec.ts";

/** Where an app and its components are reached. */

export const primaryDomain = (spec: Spec): string | undefined =>
  spec.domains?.find((domain) => domain.type === "PRIMARY")?.domain;

/** The app's URL: that of its primary domain, else the one that it was given. */
export function addressOf(app: Pick<Saved<App>, "url">, spec: Spec): string {
  const primary = primaryDomain(spec);
  return primary ? `https://${primary}` : app.url;
}

/** Below it ports need rights; a service that asks for one of those is reached as many above it. */
const FIRST_FREE_PORT = 1024;

/**
 * The port of each service for the other components of its app: its `http_port`, as inside the platform. Here all
 * services of an app share one address, so the second to ask for a port has the next one.
 */
export function privatePorts(spec: Spec): Map<string, number> {
  const ports = new Map<string, number>();
  const taken = new Set([8443]); // the router's own
  for (const { name, http_port } of spec.services ?? []) {
    if (http_port === undefined) continue;
    let port = http_port < FIRST_FREE_PORT ? http_port + FIRST_FREE_PORT : http_port;
    while (taken.has(port)) port++;
    taken.add(port);
    ports.set(name, port);
  }
  return ports;
}
