import { createHash, createHmac } from "node:crypto";

/**
 * AWS Signature Version 4 as S3 uses it, for both sides: Spaces checks it, and a client of this house makes it
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html).
 */

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What of a request is signed. */
export interface Signable {
  readonly method: string;
  /** As it travels, percent-encoded. */
  readonly path: string;
  /** As it travels, without the question mark. */
  readonly query: string;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** When, where and for what a signature was made: what its key is derived from. */
export interface Scope {
  /** `20261124T114500Z`. */
  readonly timestamp: string;
  readonly region: string;
}

export const ALGORITHM = "AWS4-HMAC-SHA256";
export const UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD";

export const scopeText = ({ timestamp, region }: Scope): string =>
  `${timestamp.slice(0, 8)}/${region}/s3/aws4_request`;

export const timestampOf = (time: number): string =>
  new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, "");

/** Milliseconds since the epoch; NaN for what is no timestamp. */
export function timeOf(timestamp: string): number {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(timestamp) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

export const sha256 = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");
export const EMPTY_HASH = sha256("");
const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

export function signingKey(secret: string, scope: Scope): Buffer {
  const [date = "", region = "", service = "", end = ""] = scopeText(scope).split("/");
  return hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), service), end);
}

/** The signature of a request whose named headers are signed, in hexadecimal. */
export function signatureOf(
  request: Signable,
  signedHeaders: readonly string[],
  payloadHash: string,
  scope: Scope,
  key: Buffer,
): string {
  const canonical = canonicalRequest(request, signedHeaders, payloadHash);
  return signText(key, [ALGORITHM, scope.timestamp, scopeText(scope), sha256(canonical)]);
}

/** Signs lines that are joined as every string to sign is. */
export const signText = (key: Buffer, lines: readonly string[]): string =>
  hmac(key, lines.join("\n")).toString("hex");

function canonicalRequest(request: Signable, signedHeaders: readonly string[], payloadHash: string): string {
  const headers = signedHeaders.map(
    (name) => `${name}:${(request.headers[name] ?? "").trim().replace(/ +/g, " ")}\n`,
  );
  return [
    request.method,
    request.path.split("/").map(decoded).map(uriEncode).join("/"),
    canonicalQuery(request.query),
    headers.join(""),
    signedHeaders.join(";"),
    payloadHash,
  ].join("\n");
}

/** Sorted by encoded name, then value; the signature itself is not signed. */
function canonicalQuery(query: string): string {
  return queryPairs(query)
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [uriEncode(name), uriEncode(value)])
    .sort(([a = "", b = ""], [c = "", d = ""]) => (a === c ? (b < d ? -1 : 1) : a < c ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

export const queryPairs = (query: string): [string, string][] =>
  query
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const at = pair.indexOf("=");
      const [name, value] = at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
      return [decoded(name.replaceAll("+", " ")), decoded(value.replaceAll("+", " "))];
    });

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Percent-encodes everything but RFC 3986's unreserved characters. */
export const uriEncode = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** The headers that sign a request, to be sent with its own. Every given header is signed, so `host` has to be among them. */
export function signed(
  request: Signable,
  credentials: Credentials,
  payloadHash: string,
  region: string,
  time: number,
): Record<string, string> {
  const scope = { timestamp: timestampOf(time), region };
  const added = { "x-amz-content-sha256": payloadHash, "x-amz-date": scope.timestamp };
  const headers = { ...request.headers, ...added };
  const names = Object.keys(headers).sort();
  const key = signingKey(credentials.secretAccessKey, scope);
  const signature = signatureOf({ ...request, headers }, names, payloadHash, scope, key);
  const credential = `${credentials.accessKeyId}/${scopeText(scope)}`;
  return {
    ...added,
    authorization: `${ALGORITHM} Credential=${credential}, SignedHeaders=${names.join(";")}, Signature=${signature}`,
  };
}
