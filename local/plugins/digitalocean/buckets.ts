/** What the tables of buckets share: S3's bodies from properties and back. */
import { document, parseXml, type Xml } from "../../spaces/xml.ts";
import type { Operation } from "../provider/resource.ts";
import { isArray, isObject, type Value, type Values } from "../provider/values.ts";
import type { Api } from "./api.ts";
import { callSpaces, type SpacesAnswer, type SpacesRequest } from "./spaces.ts";

/** A bucket as calls address it. */
export interface Place {
  readonly region: string;
  readonly bucket: string;
}

export const placeOf = ({ region, bucket }: Values): Place => ({
  region: String(region),
  bucket: String(bucket),
});

export const onBucket = (
  operation: Operation<Api>,
  { region, bucket }: Place,
  request: SpacesRequest,
): Promise<SpacesAnswer> => callSpaces(operation, region, { ...request, bucket });

/** The region that the bucket really lies in. */
export async function locationOf(operation: Operation<Api>, place: Place): Promise<string> {
  const { body } = await onBucket(operation, place, { method: "GET", query: "location=", pathStyle: true });
  return parseXml(body.toString(), "LocationConstraint").value || "nyc3";
}

/** What is set on a bucket: its XML as `root`. */
export const readXml = async (
  operation: Operation<Api>,
  place: Place,
  query: string,
  root: string,
): Promise<Xml> =>
  parseXml((await onBucket(operation, place, { method: "GET", query })).body.toString(), root);

export const writeXml = async (
  operation: Operation<Api>,
  place: Place,
  query: string,
  root: string,
  content: Parameters<typeof document>[1],
): Promise<void> => {
  await onBucket(operation, place, { method: "PUT", query, body: document(root, content) });
};

export const objects = (value: Value | undefined): Values[] => (isArray(value) ? value.filter(isObject) : []);
export const texts = (value: Value | undefined): string[] => (isArray(value) ? value.map(String) : []);

export const corsRulesXml = (rules: Value | undefined): Parameters<typeof document>[1] => ({
  CORSRule: objects(rules).map((rule) => ({
    ID: rule.id ? String(rule.id) : undefined,
    AllowedOrigin: texts(rule.allowedOrigins),
    AllowedMethod: texts(rule.allowedMethods),
    AllowedHeader: texts(rule.allowedHeaders),
    ExposeHeader: texts(rule.exposeHeaders),
    MaxAgeSeconds: Number(rule.maxAgeSeconds ?? 0),
  })),
});

/** Deletes every version and marker of a bucket, or of one key. */
export async function empty(operation: Operation<Api>, place: Place, key?: string): Promise<void> {
  const prefix = key === undefined ? "" : `&prefix=${encodeURIComponent(key)}`;
  for (let marker = ""; ; ) {
    const page = await readXml(operation, place, `versions=${prefix}${marker}`, "ListVersionsResult");
    for (const version of [...page.all("Version"), ...page.all("DeleteMarker")]) {
      const name = version.text("Key") ?? "";
      if (key !== undefined && name !== key) continue;
      const query = `versionId=${encodeURIComponent(version.text("VersionId") ?? "")}`;
      await onBucket(operation, place, { method: "DELETE", key: name, query });
    }
    if (page.text("IsTruncated") !== "true") return;
    const next = (field: string) => encodeURIComponent(page.text(field) ?? "");
    marker = `&key-marker=${next("NextKeyMarker")}&version-id-marker=${next("NextVersionIdMarker")}`;
  }
}
