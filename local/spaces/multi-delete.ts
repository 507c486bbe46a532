import { may } from "./access.ts";
import { writableBy } from "./acl.ts";
import { SpacesError } from "./errors.ts";
import { deleteOne } from "./objects.ts";
import type { BucketCall, BucketOperation } from "./operation.ts";
import { document, parseXml, type Xml } from "./xml.ts";

/** Deleting up to a thousand objects in one request, each allowed or refused for itself. */

const MAX_OBJECTS = 1000;

export const multiDelete: BucketOperation = {
  ...{ method: "POST", sub: "delete", action: "s3:DeleteObject", needs: "readwrite" },
  // Each object is asked for on its own below.
  open: () => true,
  async run(call) {
    const body = parseXml(await call.payload.text(4 * 1024 * 1024), "Delete");
    const objects = body.all("Object");
    if (objects.length === 0 || objects.length > MAX_OBJECTS)
      throw new SpacesError("MalformedXML", `A request deletes 1 to ${MAX_OBJECTS} objects`);
    const results = objects.map((object) => deleted(call, object));
    const isQuiet = body.text("Quiet") === "true";
    return {
      status: 200,
      body: document("DeleteResult", {
        Deleted: results.flatMap((result) => ("Code" in result || isQuiet ? [] : [result])),
        Error: results.filter((result) => "Code" in result),
      }),
    };
  },
};

function deleted(call: BucketCall, object: Xml) {
  const Key = object.text("Key") ?? "";
  const VersionId = object.text("VersionId") || undefined;
  const action = VersionId === undefined ? "s3:DeleteObject" : "s3:DeleteObjectVersion";
  if (!may(call, { action, key: Key, needs: "readwrite", open: writableBy(call.bucket.acl) }))
    return { Key, VersionId, Code: "AccessDenied", Message: "Access Denied" };
  const { marker, version } = deleteOne({ ...call, key: Key }, VersionId ?? null);
  return {
    Key,
    VersionId,
    ...(marker && { DeleteMarker: true, DeleteMarkerVersionId: version }),
  };
}
