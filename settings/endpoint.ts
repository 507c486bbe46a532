/** DigitalOcean's API, as the provider has it when nothing else is said. */
export const defaultApiEndpoint = "https://api.digitalocean.com";

/**
 * Whether a URL can only lead to this machine. The parser of the URL standard settles what the host is, so that
 * `http://127.0.0.1@example.com`, `http://0x7f.1` and `http://localhost.example.com` are told for what they are.
 */
export function isLoopback(url: URL): boolean {
  const host = url.hostname.replace(/\.$/, "");
  return (
    host === "localhost" ||
    host.endsWith(".localhost") ||
    host === "[::1]" ||
    /^127\.\d+\.\d+\.\d+$/.test(host)
  );
}

/**
 * Whether a URL may lead to this machine, also by addresses that mean "any" or wrap another one: a stack that must
 * reach DigitalOcean may use none of them.
 */
function mayBeLocal(url: URL): boolean {
  const host = url.hostname.replace(/\.$/, "");
  return isLoopback(url) || host === "0.0.0.0" || host === "[::]" || host.startsWith("[::ffff:");
}

/**
 * Why a stack may not use this endpoint. A stack of this machine must not leave it, and a real one must not talk to a
 * local cloud, which would leave it with a state that describes nothing.
 *
 * @param local whether the stack lives on this machine (`local`, or a rehearsal).
 * @returns what is allowed, or undefined when the endpoint is good.
 */
export function endpointProblem(endpoint: string, local: boolean): string | undefined {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const base =
    url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash;
  if (!base || !/^\/*$/.test(url.pathname))
    return `must be a base URL without a path, such as ${defaultApiEndpoint}`;
  if (local)
    return isLoopback(url)
      ? undefined
      : "must be on this machine, such as http://127.0.0.1:7480 (npm start sets it)";
  if (mayBeLocal(url)) return "must not be on this machine: unset it to reach DigitalOcean";
  return url.protocol === "https:" ? undefined : "must be https: the token would travel in clear";
}

/** How Spaces are reached. */
export interface SpacesAddress {
  /** Base URL with `{{.Region}}` for the region. @default DigitalOcean's own */
  endpoint?: string;
  /** Proxy that leads there. @default none */
  proxy?: string;
}

/** Why a stack may not use this template of the addresses of Spaces: the rule of {@link endpointProblem}. */
export function spacesEndpointProblem(template: string | undefined, local: boolean): string | undefined {
  if (template === undefined)
    return local ? "must be on this machine: npm start sets it for the stacks of this machine" : undefined;
  return endpointProblem(template.replace(/\{\{ *\.Region *\}\}/, "region"), local);
}

/** Why a stack may not reach Spaces through this proxy: only a local cloud needs one. */
export function spacesProxyProblem(proxy: string | undefined, local: boolean): string | undefined {
  if (proxy === undefined) return undefined;
  return local ? endpointProblem(proxy, true) : "must be unset: DigitalOcean is reached without it";
}
