/** The provider's arguments, as the official plugin has them. */
import { integer, number, type Properties, string } from "../provider/schema.ts";
import type { Values } from "../provider/values.ts";
import { Api } from "./api.ts";
import { loopbackEndpoint } from "./endpoint.ts";

const publicEndpoint = "https://api.digitalocean.com";
const spacesEndpoint = "https://{{.Region}}.digitaloceanspaces.com";

export const config: Properties = {
  token: string({ secret: true, env: ["DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN"] }),
  /** Base address without /v2. */
  apiEndpoint: string({ env: ["DIGITALOCEAN_API_URL"], default: publicEndpoint }),
  spacesEndpoint: string({ env: ["SPACES_ENDPOINT_URL"] }),
  spacesAccessId: string({ env: ["SPACES_ACCESS_KEY_ID"] }),
  spacesSecretKey: string({ env: ["SPACES_SECRET_ACCESS_KEY"], secret: true }),
  /** 0 is no limit. */
  requestsPerSecond: integer({ env: ["DIGITALOCEAN_REQUESTS_PER_SECOND"] }),
  /** Further tries after a connection error, 429, or 5xx. */
  httpRetryMax: integer({ env: ["DIGITALOCEAN_HTTP_RETRY_MAX"], default: 4 }),
  /** Seconds before the first further try; each next wait is twice as long. */
  httpRetryWaitMin: number({ env: ["DIGITALOCEAN_HTTP_RETRY_WAIT_MIN"], default: 1 }),
  /** The longest wait, in seconds. */
  httpRetryWaitMax: number({ env: ["DIGITALOCEAN_HTTP_RETRY_WAIT_MAX"], default: 30 }),
};

/** Makes the API's client; throws on an address that isn't on this machine. */
export function configure(values: Values): Api {
  const text = (name: string, otherwise = ""): string => String(values[name] ?? otherwise);
  return new Api({
    endpoint: loopbackEndpoint(text("apiEndpoint", publicEndpoint)),
    token: text("token"),
    requestsPerSecond: Number(text("requestsPerSecond", "0")),
    retries: Number(text("httpRetryMax", "4")),
    shortestWait: Number(text("httpRetryWaitMin", "1")) * 1000,
    longestWait: Number(text("httpRetryWaitMax", "30")) * 1000,
    spaces: {
      endpoint: text("spacesEndpoint", spacesEndpoint),
      accessKeyId: text("spacesAccessId"),
      secretAccessKey: text("spacesSecretKey"),
      proxy: process.env.HTTP_PROXY ?? process.env.http_proxy ?? "",
    },
  });
}
