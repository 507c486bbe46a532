/** The client of Spaces: S3 in virtual-host style, as the official plugin speaks it (aws-sdk-go), through the proxy that it honours. */
import { request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { type Credentials, EMPTY_HASH, sha256, signed, uriEncode } from "../../spaces/signature.ts";
import { parseXml } from "../../spaces/xml.ts";
import type { Operation } from "../provider/resource.ts";
import { type Facts, type Property, string } from "../provider/schema.ts";
import type { Api } from "./api.ts";
import { isLoopback } from "./endpoint.ts";

/** Where Spaces are, as the provider is told. */
export interface SpacesSettings extends Credentials {
  /** `http://{{.Region}}.example`: a template of Go's, with the region's slug as its one variable. */
  readonly endpoint: string;
  /** HTTP_PROXY; "" for none. */
  readonly proxy: string;
}

export const SPACES_REGIONS = [
  "ams3",
  "atl1",
  "blr1",
  "fra1",
  "lon1",
  "nyc3",
  "sfo2",
  "sfo3",
  "sgp1",
  "syd1",
  "tor1",
];

/** The region of a bucket, in any case of its letters. */
export const spacesRegion = (facts: Facts): Property =>
  string({
    replaces: true,
    check: (value) =>
      SPACES_REGIONS.includes(String(value).toLowerCase())
        ? undefined
        : `must be one of ${SPACES_REGIONS.join(", ")}`,
    ...facts,
  });

export interface SpacesRequest {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  readonly bucket?: string;
  readonly key?: string;
  /** The bucket goes into the path: the Go client asks for a location so. */
  readonly pathStyle?: true;
  /** As it travels: `acl`, `prefix=a%2Fb`. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface SpacesAnswer {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** An answer of Spaces that isn't a success. */
export class SpacesError extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(`${code}: ${message} (status code: ${status})`);
    this.status = status;
    this.code = code;
  }
}

/** What signs say of the region, whatever the bucket's. */
const SIGNING_REGION = "us-east-1";
const TRIES = 4;

/** One call, repeated while the server fails; throws a `SpacesError` for any status of 300 or more. */
export async function callSpaces(
  operation: Pick<Operation<Api>, "client" | "signal">,
  region: string,
  wanted: SpacesRequest,
): Promise<SpacesAnswer> {
  const settings = operation.client.spaces;
  if (settings.accessKeyId === "" || settings.secretAccessKey === "")
    throw new Error("Spaces credentials not configured");
  for (let attempt = 1; ; attempt++) {
    operation.signal.throwIfAborted();
    const answer = await once(settings, region, wanted);
    if (answer.status < 300) return answer;
    if (answer.status < 500 || answer.status === 501 || attempt === TRIES) throw errorOf(answer);
    await delay(50 * 2 ** attempt, undefined, { signal: operation.signal });
  }
}

type Answer = SpacesAnswer & { readonly status: number };

function once(settings: SpacesSettings, region: string, wanted: SpacesRequest): Promise<Answer> {
  const { method, bucket, key, query = "", body = "" } = wanted;
  const endpoint = endpointOf(settings, region);
  const { pathStyle } = wanted;
  const host = bucket === undefined || pathStyle ? endpoint.host : `${bucket}.${endpoint.host}`;
  const path = `/${pathStyle ? bucket : (key ?? "").split("/").map(uriEncode).join("/")}`;
  const hash = body.length === 0 ? EMPTY_HASH : sha256(body);
  const headers = { ...wanted.headers, host };
  const signature = signed({ method, path, query, headers }, settings, hash, SIGNING_REGION, Date.now());
  const target = `${path}${query === "" ? "" : `?${query}`}`;
  const proxy = isLoopback(endpoint.hostname) ? undefined : proxyOf(settings);
  const to = proxy
    ? { host: proxy.hostname, port: proxy.port, path: `http://${host}${target}` }
    : { host: host.replace(/:\d+$/, ""), port: endpoint.port || 80, path: target };
  const sent = {
    ...headers,
    ...signature,
    "content-length": body.length === 0 ? 0 : Buffer.byteLength(body),
  };
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...to, method, headers: sent }, async (incoming) => {
      try {
        const chunks: Buffer[] = [];
        for await (const chunk of incoming) chunks.push(chunk);
        const all = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
        resolve({
          status: incoming.statusCode ?? 0,
          headers: Object.fromEntries(all),
          body: Buffer.concat(chunks),
        });
      } catch (error) {
        reject(error);
      }
    });
    outgoing.on("error", (error) => reject(new Error(`${method} http://${host}${path}: ${error.message}`)));
    outgoing.end(body);
  });
}

/** Without its path; throws unless it and what leads there are on this machine. */
function endpointOf(settings: SpacesSettings, region: string): URL {
  const text = settings.endpoint.replace(/\{\{\s*\.Region\s*\}\}/g, region.toLowerCase());
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHere =
    url?.hostname.endsWith(".localhost") || isLoopback(url?.hostname ?? "") || settings.proxy !== "";
  if (url?.protocol === "http:" && isHere) return url;
  throw new Error(
    `the stand-in digitalocean plugin works with a local cloud only and refuses the Spaces endpoint ${url?.origin ?? text}: ` +
      "set SPACES_ENDPOINT_URL and HTTP_PROXY as npm run local:env shows, or install the official plugin",
  );
}

function proxyOf({ proxy }: SpacesSettings): URL | undefined {
  if (proxy === "") return undefined;
  const url = URL.canParse(proxy) ? new URL(proxy) : undefined;
  if (url?.protocol === "http:" && isLoopback(url.hostname)) return url;
  throw new Error(
    "the stand-in digitalocean plugin reaches Spaces through a proxy on this machine only: see HTTP_PROXY",
  );
}

function errorOf({ status, body }: Answer): SpacesError {
  if (body.length === 0) return new SpacesError(status, status === 404 ? "NotFound" : String(status), "");
  const error = parseXml(body.toString(), "Error");
  return new SpacesError(status, error.text("Code") ?? "", error.text("Message") ?? "");
}

/** Undefined for what isn't there any more. */
export async function unlessMissing<T>(act: () => Promise<T>, ...codes: string[]): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (
      error instanceof SpacesError &&
      (codes.length === 0 ? error.status === 404 : codes.includes(error.code))
    )
      return undefined;
    throw error;
  }
}

/** What the official plugin takes for a bucket's import. */
export function regionAndName(id: string, what: string): { id: string; region: string } {
  const [region = "", name = ""] = id.includes(",") ? id.split(",") : ["", id];
  if (name === "" || region === "") throw new Error(`importing ${what} requires the format: <region>,<name>`);
  return { id: name, region };
}
