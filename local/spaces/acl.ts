import { SpacesError } from "./errors.ts";
import type { Content } from "./xml.ts";
import { parseXml } from "./xml.ts";

/** Who beside the account may do what: the canned ACLs. Spaces' own words are `private` and `public-read`. */
export type Acl = "private" | "public-read" | "public-read-write" | "authenticated-read";

const CANNED: Record<string, Acl> = {
  private: "private",
  "public-read": "public-read",
  "public-read-write": "public-read-write",
  "authenticated-read": "authenticated-read",
  // Of the account's own objects these say nothing more: it owns the bucket as well.
  "bucket-owner-read": "private",
  "bucket-owner-full-control": "private",
};

/** The account as S3's bodies name it. */
export const OWNER = { ID: "10000001", DisplayName: "10000001" };

const ALL = "http://acs.amazonaws.com/groups/global/AllUsers";
const AUTHENTICATED = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";

/** Grants to groups by ACL: whom, and what. */
const GRANTS: Record<Acl, readonly (readonly [group: string, permission: string])[]> = {
  private: [],
  "public-read": [[ALL, "READ"]],
  "public-read-write": [
    [ALL, "READ"],
    [ALL, "WRITE"],
  ],
  "authenticated-read": [[AUTHENTICATED, "READ"]],
};

export function cannedAcl(header: string | undefined): Acl | undefined {
  if (header === undefined) return undefined;
  const acl = CANNED[header];
  if (acl === undefined)
    throw new SpacesError("InvalidArgument", `x-amz-acl must be one of ${Object.keys(CANNED).join(", ")}`);
  return acl;
}

export const aclXml = (acl: Acl): Content => ({
  Owner: OWNER,
  AccessControlList: {
    Grant: [
      ...GRANTS[acl].map(([URI, Permission]) => ({ "Grantee:Group": { URI }, Permission })),
      { "Grantee:CanonicalUser": OWNER, Permission: "FULL_CONTROL" },
    ],
  },
});

/** The ACL that a body with grants describes. Only what a canned one says can be said. */
export function aclFromXml(text: string): Acl {
  const grants = parseXml(text, "AccessControlPolicy").one("AccessControlList")?.all("Grant") ?? [];
  const given = grants.flatMap((grant) => {
    const group = grant.one("Grantee")?.text("URI");
    const permission = grant.text("Permission") ?? "";
    if (group === undefined) {
      const owner = grant.one("Grantee")?.text("ID");
      if (owner === OWNER.ID) return [];
      throw new SpacesError(
        "InvalidArgument",
        `there is no user ${owner ?? "without an ID"} here to grant anything to`,
      );
    }
    return [`${group} ${permission}`];
  });
  const wanted = given.sort().join();
  const found = Object.entries(GRANTS).find(
    ([, list]) =>
      list
        .map((grant) => grant.join(" "))
        .sort()
        .join() === wanted,
  );
  const acl = found && CANNED[found[0]];
  if (acl === undefined)
    throw new SpacesError(
      "NotImplemented",
      `of grants only those of ${Object.keys(GRANTS).join(", ")} are served here`,
    );
  return acl;
}

export const readableBy = (acl: Acl, isKnown: boolean): boolean =>
  acl === "public-read" || acl === "public-read-write" || (acl === "authenticated-read" && isKnown);
export const writableBy = (acl: Acl): boolean => acl === "public-read-write";
