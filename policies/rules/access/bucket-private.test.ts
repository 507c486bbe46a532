import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { bucketPrivate } from "./bucket-private.ts";

const bucket = (inputs: object) => [resource(types.spacesBucket, { name: "documents", ...inputs })];

cases(bucketPrivate, {
  good: { "a private one": bucket({ acl: "private" }), "the default, which is private": bucket({}) },
  bad: {
    "a listing for all": [bucket({ acl: "public-read" }), "acl", /"public-read".*private/],
    "writing for all": [bucket({ acl: "public-read-write" }), "acl", /"public-read-write"/],
    "reading for whoever is signed in": [
      bucket({ acl: "authenticated-read" }),
      "acl",
      /"authenticated-read"/,
    ],
    "what nobody knows": [bucket({ acl: 7 }), "acl", /7/],
  },
  unknown: { "the access": [bucket({ acl: unknown }), "acl"] },
  mends: {
    "a listing for all": [resource(types.spacesBucket, { acl: "public-read" }), { acl: "private" }],
  },
});
