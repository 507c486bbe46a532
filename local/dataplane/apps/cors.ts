import type { IncomingMessage } from "node:http";
import type { Cors } from "./spec.ts";

/** A browser's question whether another origin may send a request (Fetch standard, CORS-preflight). */
export const isPreflight = ({ method, headers }: IncomingMessage): boolean =>
  method === "OPTIONS" &&
  headers.origin !== undefined &&
  headers["access-control-request-method"] !== undefined;

/** The headers of an answer to a request from an origin that the policy allows; none for any other. */
export function corsHeaders(cors: Cors | undefined, request: IncomingMessage): Record<string, string> {
  const { origin } = request.headers;
  if (!cors || origin === undefined || !cors.origins.some((allowed) => matches(allowed, origin))) return {};
  return {
    "access-control-allow-origin": origin,
    vary: "Origin",
    ...(cors.credentials && { "access-control-allow-credentials": "true" }),
    ...(isPreflight(request)
      ? {
          ...joined("access-control-allow-methods", cors.methods),
          ...joined("access-control-allow-headers", cors.headers),
          ...(cors.maxAge !== undefined && { "access-control-max-age": String(cors.maxAge) }),
        }
      : joined("access-control-expose-headers", cors.exposed)),
  };
}

function matches({ exact, prefix, regex }: Cors["origins"][number], origin: string): boolean {
  if (exact !== undefined) return exact === "*" || exact === origin;
  if (prefix !== undefined) return origin.startsWith(prefix);
  return regex !== undefined && new RegExp(`^(?:${regex})$`).test(origin); // the whole of it, as Envoy does
}

const joined = (name: string, values: readonly string[]) =>
  values.length ? { [name]: values.join(",") } : {};
