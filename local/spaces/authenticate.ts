import { timingSafeEqual } from "node:crypto";
import type { World } from "../call.ts";
import type { Saved } from "../store.ts";
import { SpacesError } from "./errors.ts";
import { type Key, keyOf } from "./keys.ts";
import {
  ALGORITHM,
  type Scope,
  type Signable,
  scopeText,
  signatureOf,
  signingKey,
  timeOf,
  UNSIGNED_PAYLOAD,
} from "./signature.ts";
import { signatureV2, textToSign } from "./signature-v2.ts";

/** A request as its signature has to be checked. */
export interface Asked extends Signable {
  /** The bucket that the host names, which version 2 signs in its place. */
  readonly hostBucket?: string;
}

/** Who asks. */
export interface Requester {
  /** The key that signed; undefined for a request without a signature. */
  readonly key: Saved<Key> | undefined;
  /** What the signature says of the body: its hash, or one of the words that stand for it. */
  readonly payloadHash: string;
  /** What chunks of a signed stream are checked with. */
  readonly seal?: { readonly key: Buffer; readonly scope: Scope; readonly signature: string };
  /** The URL itself carries the signature. */
  readonly presigned: boolean;
}

/** How far a client's clock may be off, and how long a URL may be valid at most (S3's own limits), in milliseconds. */
const SKEW = 15 * 60 * 1000;
const LONGEST = 7 * 24 * 60 * 60;

interface Claim {
  accessKeyId: string;
  scope: Scope;
  signedHeaders: string[];
  signature: string;
  payloadHash: string;
}

/** @throws SpacesError when a signature is there and isn't right */
export function authenticate(world: World, request: Asked, query: URLSearchParams, now: number): Requester {
  const header = request.headers.authorization;
  if (query.has("Signature") || header?.startsWith("AWS ")) return authenticateV2(world, request, query, now);
  const inQuery = query.has("X-Amz-Algorithm") || query.has("X-Amz-Signature");
  if (header !== undefined && inQuery)
    throw new SpacesError("InvalidArgument", "Only one auth mechanism allowed: a header or query parameters");
  if (header === undefined && !inQuery)
    return {
      key: undefined,
      payloadHash: request.headers["x-amz-content-sha256"] ?? UNSIGNED_PAYLOAD,
      presigned: false,
    };

  const claim = inQuery ? claimInQuery(query, request, now) : claimInHeader(request, header ?? "", now);
  const { key, secret } = signerOf(world, claim.accessKeyId);
  const signing = signingKey(secret, claim.scope);
  const expected = signatureOf(request, claim.signedHeaders, claim.payloadHash, claim.scope, signing);
  checkSignature(expected, claim.signature);
  if (!claim.signedHeaders.includes("host"))
    throw new SpacesError("AccessDenied", "The header host must be signed");
  const seal = { key: signing, scope: claim.scope, signature: claim.signature };
  return { key, payloadHash: claim.payloadHash, seal, presigned: inQuery };
}

/** A key and what it signs with. */
export function signerOf(world: World, accessKeyId: string): { key: Saved<Key>; secret: string } {
  const key = keyOf(world, accessKeyId);
  const secret = key && world.vault.decrypt(key.secret);
  if (!key || secret === undefined)
    throw new SpacesError(
      "InvalidAccessKeyId",
      "The access key that the request is signed with does not exist",
    );
  return { key, secret };
}

export function checkSignature(expected: string, given: string): void {
  const [one, other] = [Buffer.from(expected), Buffer.from(given)];
  if (one.length !== other.length || !timingSafeEqual(one, other))
    throw new SpacesError(
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    );
}

function authenticateV2(world: World, request: Asked, query: URLSearchParams, now: number): Requester {
  const { headers, hostBucket } = request;
  const expires = query.get("Expires");
  const presigned = query.has("Signature");
  if (presigned && !(Number(expires) * 1000 > now))
    throw new SpacesError("AccessDenied", "Request has expired");
  const amzDate = headers["x-amz-date"];
  if (!presigned) checkClock(Date.parse(amzDate ?? headers.date ?? ""), now);
  const [, id = "", given = ""] = presigned
    ? ["", query.get("AWSAccessKeyId") ?? "", query.get("Signature") ?? ""]
    : (/^AWS ([^:]+):(\S+)$/.exec(headers.authorization ?? "") ?? []);
  const { key, secret } = signerOf(world, id);
  const date = presigned ? (expires ?? "") : amzDate === undefined ? (headers.date ?? "") : "";
  checkSignature(signatureV2(secret, textToSign(request, date, hostBucket)), given);
  return { key, payloadHash: UNSIGNED_PAYLOAD, presigned };
}

function checkClock(time: number, now: number): void {
  if (Number.isNaN(time))
    throw new SpacesError("AccessDenied", "AWS authentication requires a valid x-amz-date or Date header");
  if (Math.abs(now - time) > SKEW)
    throw new SpacesError(
      "RequestTimeTooSkewed",
      "The difference between the request time and the server's time is too large",
    );
}

function claimInHeader(request: Signable, header: string, now: number): Claim {
  const malformed = (why: string) =>
    new SpacesError("AuthorizationHeaderMalformed", `The authorization header is malformed: ${why}`);
  const [, algorithm, rest = ""] = /^(\S+)\s+(.*)$/.exec(header) ?? [];
  if (algorithm !== ALGORITHM) throw malformed(`the algorithm must be ${ALGORITHM}`);
  const fields = new Map(
    rest.split(",").map((field): [string, string] => {
      const [name = "", value = ""] = field.trim().split(/=(.*)/s);
      return [name, value];
    }),
  );
  const timestamp = request.headers["x-amz-date"] ?? fromHttpDate(request.headers.date);
  checkClock(timeOf(timestamp), now);
  const payloadHash = request.headers["x-amz-content-sha256"];
  if (payloadHash === undefined)
    throw new SpacesError("InvalidRequest", "Missing required header for this request: x-amz-content-sha256");
  return {
    ...credential(fields.get("Credential") ?? "", timestamp, malformed),
    signedHeaders: (fields.get("SignedHeaders") ?? "").split(";"),
    signature: fields.get("Signature") ?? "",
    payloadHash,
  };
}

function claimInQuery(query: URLSearchParams, request: Signable, now: number): Claim {
  const malformed = (why: string) => new SpacesError("AuthorizationQueryParametersError", why);
  const field = (name: string) => {
    const value = query.get(`X-Amz-${name}`);
    if (value === null) throw malformed(`Query-string authentication requires X-Amz-${name}`);
    return value;
  };
  if (field("Algorithm") !== ALGORITHM) throw malformed(`X-Amz-Algorithm only supports ${ALGORITHM}`);
  const timestamp = field("Date");
  const time = timeOf(timestamp);
  if (Number.isNaN(time)) throw malformed("X-Amz-Date must be in the ISO8601 basic format");
  const seconds = Number(field("Expires"));
  // Spaces' gateway says 403 where S3 says 400 (Ceph: rgw_auth_s3.cc, parse_v4_query_string).
  if (!(seconds >= 1 && seconds <= LONGEST))
    throw new SpacesError("AccessDenied", `X-Amz-Expires must be a number of seconds from 1 to ${LONGEST}`);
  if (now > time + seconds * 1000) throw new SpacesError("AccessDenied", "Request has expired");
  if (time > now + SKEW) throw new SpacesError("AccessDenied", "Request is not valid yet");
  return {
    ...credential(field("Credential"), timestamp, malformed),
    signedHeaders: field("SignedHeaders").split(";"),
    signature: field("Signature"),
    payloadHash:
      query.get("X-Amz-Content-Sha256") ?? request.headers["x-amz-content-sha256"] ?? UNSIGNED_PAYLOAD,
  };
}

function credential(
  text: string,
  timestamp: string,
  malformed: (why: string) => SpacesError,
): { accessKeyId: string; scope: Scope } {
  const [accessKeyId = "", ...parts] = text.split("/");
  // Any region signs: the provider says us-east-1 everywhere.
  const scope = { timestamp, region: parts[1] ?? "" };
  if (accessKeyId === "" || parts.join("/") !== scopeText(scope))
    throw malformed(
      `the credential must be KEY/${scopeText({ ...scope, region: scope.region || "REGION" })}`,
    );
  return { accessKeyId, scope };
}

const fromHttpDate = (date: string | undefined): string => {
  const time = Date.parse(date ?? "");
  return Number.isNaN(time) ? "" : new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, "");
};
