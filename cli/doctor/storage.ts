import { namesOf } from "../../settings/names.ts";
import { running } from "../cloud.ts";
import { messageOf } from "../errors.ts";
import { at } from "../json.ts";
import { spacesEnvironment } from "../spaces.ts";
import { isLocal, openStack } from "../stack.ts";
import { type Check, ok, problem, unknown } from "./finding.ts";

/** The two places that are reached with S3 keys: the account's buckets, and the bucket that keeps the state. */

export const storageChecks: Check = async (subject) =>
  (await Promise.all([spaces(subject), backend(subject)])).flat();

/** Buckets that an account may have (DigitalOcean's docs). */
const BUCKETS = 100;

const spaces: Check = async ({ settings, stack }) => {
  const { documents, assets, region } = settings;
  if (!documents.enabled && !assets.enabled) return [];
  const check = "Spaces key";
  const cloud = isLocal(stack) ? await running() : undefined;
  const env = cloud ? spacesEnvironment(cloud) : process.env;
  const [accessKeyId, secretAccessKey] = [env.SPACES_ACCESS_KEY_ID, env.SPACES_SECRET_ACCESS_KEY];
  if (!accessKeyId || !secretAccessKey)
    return [
      problem(
        check,
        "SPACES_ACCESS_KEY_ID and SPACES_SECRET_ACCESS_KEY are not set: no bucket could be made",
        "make a full-access key in the control panel (Spaces, Access Keys) and export both",
      ),
    ];
  const where = (documents.enabled ? documents.region : assets.region) ?? region;
  const endpoint =
    env.BREAKWATER_SPACES_PROXY ??
    (env.SPACES_ENDPOINT_URL ?? "https://{{.Region}}.digitaloceanspaces.com").replace("{{.Region}}", where);
  const client = await s3(endpoint, accessKeyId, secretAccessKey);
  try {
    const { buckets } = await client.list();
    const wanted = namesOf(settings).buckets;
    const adds = [documents, assets].filter(
      (bucket) => bucket.enabled && !buckets.includes(bucket.name ?? ""),
    ).length;
    const quota =
      buckets.length + adds <= BUCKETS
        ? ok("bucket quota", `${buckets.length} of ${BUCKETS} in use`)
        : problem(
            "bucket quota",
            `${buckets.length} of ${BUCKETS} in use, and the stack adds up to ${adds}`,
            "delete what is not needed",
          );
    const names = await Promise.all(
      wanted.map(async (name) => ({
        name,
        state: buckets.includes(name) ? "own" : await client.stateOf(name),
      })),
    );
    const lost = names.filter(({ state }) => state === "elsewhere").map(({ name }) => name);
    return [
      ok(check, "it is valid, and may list the account's buckets"),
      quota,
      ...(lost.length > 0
        ? [problem("bucket names", `${lost.join(", ")}: another account has it`, "choose another name")]
        : []),
    ];
  } catch (error) {
    return [
      problem(
        check,
        `refused: ${messageOf(error)}`,
        "make a full-access key: a key for single buckets can't make any",
      ),
    ];
  }
};

const backend: Check = async ({ stack }) => {
  if (isLocal(stack)) return [];
  const check = "state backend";
  const opened = await openStack(stack);
  const { code, stdout } = await opened.capture(["whoami", "--json"]);
  const url = code === 0 ? String(at(JSON.parse(stdout), "url")) : "";
  if (url === "")
    return [
      problem(
        check,
        "Pulumi is logged in nowhere",
        "pulumi login 's3://<bucket>?region=us-east-1&endpoint=https://<region>.digitaloceanspaces.com'",
      ),
    ];
  if (url.startsWith("https://")) return [ok(check, `${url} keeps the state, with its history`)];
  if (url.startsWith("file://"))
    return [
      problem(
        check,
        `${url} is on this machine alone: the state has the only copy of some passwords`,
        "pulumi login to a versioned bucket or to Pulumi Cloud",
      ),
    ];
  if (!url.startsWith("s3://"))
    return [unknown(check, `${url}: whether it keeps older versions`, "switch versioning on")];
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = process.env;
  if (!id || !secret)
    return [unknown(check, `${url}: its keys are not in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`)];
  const { hostname, searchParams } = new URL(url);
  const endpoint =
    searchParams.get("endpoint") ?? `https://s3.${searchParams.get("region") ?? "us-east-1"}.amazonaws.com`;
  try {
    const versioned = await (
      await s3(/^https?:/.test(endpoint) ? endpoint : `https://${endpoint}`, id, secret)
    ).isVersioned(hostname);
    return [
      versioned
        ? ok(check, `bucket ${hostname} is versioned`)
        : problem(
            check,
            `bucket ${hostname} is not versioned: a lost or broken state could not be brought back`,
            "switch versioning on (docs/deploying.md)",
          ),
    ];
  } catch (error) {
    return [
      problem(
        check,
        `bucket ${hostname} can't be read: ${messageOf(error)}`,
        "check the keys and the bucket's name",
      ),
    ];
  }
};

/** The three questions that are asked of an S3 server. Path style: it needs no DNS for the bucket's name. */
async function s3(endpoint: string, accessKeyId: string, secretAccessKey: string) {
  const { S3Client, ListBucketsCommand, HeadBucketCommand, GetBucketVersioningCommand } = await import(
    "@aws-sdk/client-s3"
  );
  const client = new S3Client({
    endpoint,
    region: "us-east-1", // what Spaces sign with, whatever their region
    forcePathStyle: true,
    maxAttempts: 2,
    credentials: { accessKeyId, secretAccessKey },
  });
  return {
    list: async () => ({
      buckets: ((await client.send(new ListBucketsCommand({}))).Buckets ?? []).flatMap(
        ({ Name }) => Name ?? [],
      ),
    }),
    stateOf: async (name: string): Promise<"free" | "elsewhere"> => {
      try {
        await client.send(new HeadBucketCommand({ Bucket: name }));
      } catch (error) {
        return at(error, "$metadata", "httpStatusCode") === 404 ? "free" : "elsewhere";
      }
      return "elsewhere";
    },
    isVersioned: async (name: string) =>
      (await client.send(new GetBucketVersioningCommand({ Bucket: name }))).Status === "Enabled",
  };
}
