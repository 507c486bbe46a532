import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { bucketPolicyPrivate } from "./bucket-policy-private.ts";

const policy = (...Statement: object[]) => [
  resource(types.spacesBucketPolicy, { policy: JSON.stringify({ Version: "2012-10-17", Statement }) }),
];
const text = (value: unknown) => [resource(types.spacesBucketPolicy, { policy: value })];

cases(bucketPolicyPrivate, {
  good: {
    "somebody by name": policy({ Effect: "Allow", Principal: { AWS: ["arn:aws:iam:::user/1"] } }),
    "everybody at one address": policy({
      Effect: "Allow",
      Principal: "*",
      Condition: { IpAddress: { "aws:SourceIp": "203.0.113.9/32" } },
    }),
    "everybody kept out": policy({ Effect: "Deny", Principal: "*" }),
    "no statements": text("{}"),
    "no policy": [resource(types.spacesBucketPolicy)],
  },
  bad: {
    everybody: [
      policy({ Effect: "Allow", Principal: "*" }),
      "policy",
      /statement 1 lets everybody in.*name who/,
    ],
    "everybody with an account": [
      policy({ Effect: "Deny", Principal: "*" }, { Effect: "Allow", Principal: { AWS: ["x", "*"] } }),
      "policy",
      /statement 2/,
    ],
    "everybody at too many addresses": [
      policy({
        Effect: "Allow",
        Principal: "*",
        Condition: { IpAddress: { "aws:SourceIp": ["203.0.113.9", "0.0.0.0/0"] } },
      }),
      "policy",
      /statement 1/,
    ],
    "everybody but some": [policy({ Effect: "Allow", NotPrincipal: { AWS: "x" } }), "policy", /statement 1/],
    "a single statement outside a list": [
      text(JSON.stringify({ Statement: { Effect: "Allow", Principal: "*" } })),
      "policy",
      /statement 1/,
    ],
    "what is no JSON": [text("{"), "policy", /no policy in JSON/],
  },
  unknown: { "the policy": [text(unknown), "policy"] },
});
