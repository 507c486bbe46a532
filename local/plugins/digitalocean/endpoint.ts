/** Which addresses the stand-in talks to: those of this machine, so that it can't reach a real account by mistake. */

/** `text` as a URL. Throws, in one line, unless its host is loopback: 127.0.0.0/8, ::1 or localhost. */
export function loopbackEndpoint(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !isHttp(url) || hasCredentials(url) || !isLoopback(url.hostname)) {
    throw new Error(
      `the stand-in digitalocean plugin works with a local cloud only and refuses the endpoint ${shown(url, text)}: ` +
        "set apiEndpoint or DIGITALOCEAN_API_URL to a loopback address, or install the official plugin",
    );
  }
  return url;
}

const isHttp = (url: URL): boolean => url.protocol === "http:" || url.protocol === "https:";
const hasCredentials = (url: URL): boolean => url.username !== "" || url.password !== "";

// The parser has brought every spelling of an IPv4 address into four decimals.
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);

/** Without credentials, should someone have put them there. */
const shown = (url: URL | undefined, text: string): string =>
  url ? `${url.protocol}//${url.host}` : JSON.stringify(text.slice(0, 80));
