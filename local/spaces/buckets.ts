import { defaultProject, moveToProject, newId } from "../relations.ts";
import { cannedAcl, OWNER } from "./acl.ts";
import { DEFAULT_REGION, REGIONS } from "./address.ts";
import { allBuckets, type Bucket, checkName, findBucket, KIND, MAX_BUCKETS } from "./bucket.ts";
import { SpacesError } from "./errors.ts";
import { hasFullAccess } from "./keys.ts";
import { type BucketOperation, change, type SpacesCall, type SpacesReply } from "./operation.ts";
import { document, parseXml } from "./xml.ts";

/** The buckets themselves. */

/** Of a limited key, the buckets that it may read. An endpoint knows its own region's. */
export function listBuckets(call: SpacesCall): SpacesReply {
  const { key } = call.requester;
  if (!key) throw new SpacesError("AccessDenied", "Anonymous requests can't list buckets");
  const seen = allBuckets(call)
    .filter(({ region }) => call.region === undefined || call.region === region)
    .filter(({ name }) => hasFullAccess(key.grants) || key.grants.some(({ bucket }) => bucket === name))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const Bucket = seen.map(({ name, createdAt }) => ({
    Name: name,
    CreationDate: new Date(createdAt).toISOString(),
  }));
  return { status: 200, body: document("ListAllMyBucketsResult", { Owner: OWNER, Buckets: { Bucket } }) };
}

/** One that is there already can't be made again, by its owner neither (parse-community/parse-server-s3-adapter#230). */
export async function createBucket(call: SpacesCall, name: string): Promise<SpacesReply> {
  if (!call.requester.key || !hasFullAccess(call.requester.key.grants))
    throw new SpacesError("AccessDenied", "Only a key with full access can create buckets");
  checkName(name);
  const region = regionOf(await call.payload.text(64 * 1024)) ?? call.region ?? DEFAULT_REGION;
  if (!REGIONS.includes(region))
    throw new SpacesError(
      "InvalidLocationConstraint",
      `There are no Spaces in ${region}: use one of ${REGIONS.join(", ")}`,
    );
  if (call.region !== undefined && call.region !== region)
    throw new SpacesError(
      "InvalidLocationConstraint",
      `The endpoint of ${call.region} makes no buckets in ${region}`,
    );
  const acl = cannedAcl(call.headers["x-amz-acl"]) ?? "private";
  call.store.transaction(() => {
    if (findBucket(call, name))
      throw new SpacesError(
        "BucketAlreadyExists",
        "The requested bucket name is not available: names are unique on the whole platform",
      );
    if (allBuckets(call).length >= MAX_BUCKETS)
      throw new SpacesError(
        "TooManyBuckets",
        `You have attempted to create more buckets than allowed: ${MAX_BUCKETS}`,
      );
    const urn = `do:space:${name}`;
    call.store.insert<Bucket>({
      ...{ kind: KIND, id: newId(), parent: "", name, createdAt: call.now, urn },
      ...{ region, acl, versioning: "", lifecycle: [], cors: [], policy: "" },
    });
    const world = {
      ...call,
      parent: undefined,
      path: "",
      params: {},
      body: undefined,
      after: () => call.now,
      fails: false,
    };
    moveToProject(world, urn, defaultProject(world).id);
    call.store.note(call.now, `created ${KIND} ${name}`);
  });
  return { status: 200, headers: { location: `/${name}` } };
}

function regionOf(body: string): string | undefined {
  if (body === "") return undefined;
  const constraint = parseXml(body, "CreateBucketConfiguration").text("LocationConstraint") || undefined;
  // What AWS' clients say where they say nothing.
  return constraint === "us-east-1" ? undefined : constraint;
}

const readable = ({ bucket }: { bucket: Bucket["acl"] }) => bucket;

export const headBucket: BucketOperation = {
  ...{ method: "HEAD", sub: "", action: "s3:ListBucket", needs: "read" },
  open: (acl, isKnown) => readable(acl) !== "private" && (isKnown || readable(acl) !== "authenticated-read"),
  run: ({ bucket }) => ({ status: 200, headers: { "x-amz-bucket-region": bucket.region } }),
};

export const deleteBucket: BucketOperation = {
  ...{ method: "DELETE", sub: "", action: "s3:DeleteBucket", needs: "fullaccess" },
  run(call) {
    change(call, ({ bucket, entries, uploads }) => {
      if (!entries.isEmpty())
        throw new SpacesError("BucketNotEmpty", "The bucket you tried to delete is not empty");
      for (const upload of uploads.startedUntil(call.now)) uploads.remove(upload);
      call.store.remove(bucket, call.now);
      call.store.sweep(call.now);
      call.store.note(call.now, `deleted ${KIND} ${bucket.name}`);
    });
    return { status: 204 };
  },
};

export const location: BucketOperation = {
  ...{ method: "GET", sub: "location", action: "s3:GetBucketLocation", needs: "read" },
  run: ({ bucket }) => ({ status: 200, body: document("LocationConstraint", bucket.region) }),
};
