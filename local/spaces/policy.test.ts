import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SpacesError } from "./errors.ts";
import { type Asked, parsePolicy, verdictOf } from "./policy.ts";

const policy = (...Statement: object[]) =>
  parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement }), "bucket");
const READ = { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::bucket/*" };
const asked = (what: Partial<Asked> = {}): Asked => ({
  account: undefined,
  action: "s3:GetObject",
  resource: "arn:aws:s3:::bucket/k",
  context: { "aws:sourceip": "127.0.0.1" },
  ...what,
});

test("actions, resources and principals, each with its wildcards and its opposite", () => {
  const cases: [what: object, asked: Partial<Asked>, expected: string | undefined][] = [
    [{}, {}, "Allow"],
    [{}, { action: "s3:PutObject" }, undefined],
    [{ Action: ["s3:Get*"] }, { action: "s3:GetObjectAcl" }, "Allow"],
    [{ Action: "s3:getobject" }, {}, "Allow"],
    [{ Action: "s3:*" }, { action: "s3:PutObject" }, "Allow"],
    [{ Action: undefined, NotAction: "s3:PutObject" }, {}, "Allow"],
    [{ Action: undefined, NotAction: "s3:Get*" }, {}, undefined],
    [{ Resource: "arn:aws:s3:::bucket" }, {}, undefined],
    [{ Resource: "arn:aws:s3:::bucket/a?/*" }, { resource: "arn:aws:s3:::bucket/ab/c/d" }, "Allow"],
    [{ Resource: "arn:aws:s3:::bucket/a.b" }, { resource: "arn:aws:s3:::bucket/aXb" }, undefined],
    [{ Principal: { AWS: "*" } }, {}, "Allow"],
    [{ Principal: { AWS: ["arn:aws:iam:::user/1"] } }, {}, undefined],
    [{ Principal: { AWS: ["arn:aws:iam:::user/1"] } }, { account: "1" }, "Allow"],
    [{ Principal: { AWS: "1" } }, { account: "2" }, undefined],
  ];
  for (const [what, request, expected] of cases)
    assert.equal(verdictOf(policy({ ...READ, ...what }), asked(request)), expected, JSON.stringify(what));
});

test("conditions", () => {
  const cases: [condition: object, context: Asked["context"], expected: boolean][] = [
    [{ IpAddress: { "aws:SourceIp": "127.0.0.0/8" } }, { "aws:sourceip": "127.21.0.1" }, true],
    [{ IpAddress: { "aws:SourceIp": ["10.0.0.0/8", "::1/128"] } }, { "aws:sourceip": "::1" }, true],
    [{ IpAddress: { "aws:SourceIp": "127.0.0.1" } }, { "aws:sourceip": "127.0.0.2" }, false],
    [{ NotIpAddress: { "aws:SourceIp": "127.0.0.1/32" } }, { "aws:sourceip": "127.0.0.2" }, true],
    [{ NotIpAddress: { "aws:SourceIp": "127.0.0.1/32" } }, { "aws:sourceip": "127.0.0.1" }, false],
    [{ StringEquals: { "s3:prefix": ["a/", "b/"] } }, { "s3:prefix": "b/" }, true],
    [{ StringEquals: { "s3:prefix": "a/" } }, {}, false],
    [{ StringNotEquals: { "s3:prefix": "a/" } }, {}, true],
    [{ StringEqualsIfExists: { "s3:prefix": "a/" } }, {}, true],
    [
      { StringLike: { "aws:Referer": "https://*.example/*" } },
      { "aws:referer": "https://a.example/b" },
      true,
    ],
    [{ Bool: { "aws:SecureTransport": true } }, { "aws:securetransport": "false" }, false],
    [{ NumericLessThanEquals: { "s3:max-keys": 10 } }, { "s3:max-keys": "9" }, true],
    [
      { DateGreaterThan: { "aws:CurrentTime": "2026-01-01T00:00:00Z" } },
      { "aws:currenttime": "2026-02-01T00:00:00Z" },
      true,
    ],
    [{ Null: { "aws:Referer": true } }, {}, true],
    [{ Null: { "aws:Referer": "false" } }, {}, false],
  ];
  for (const [Condition, context, expected] of cases)
    assert.equal(
      verdictOf(policy({ ...READ, Condition }), asked({ context })) === "Allow",
      expected,
      JSON.stringify([Condition, context]),
    );
});

test("a denial wins over any allowance, in any order; what no statement concerns stays open", () => {
  const effect = fc.constantFrom("Allow", "Deny");
  const action = fc.constantFrom("s3:GetObject", "s3:PutObject", "s3:*");
  fc.assert(
    fc.property(
      fc.array(fc.record({ Effect: effect, Action: action }), { minLength: 1, maxLength: 5 }),
      (parts) => {
        const verdict = verdictOf(policy(...parts.map((part) => ({ ...READ, ...part }))), asked());
        const concerned = parts.filter(({ Action }) => Action !== "s3:PutObject").map(({ Effect }) => Effect);
        assert.equal(verdict, concerned.includes("Deny") ? "Deny" : concerned[0]);
      },
    ),
  );
});

test("what can't be a policy is refused with what is wrong", () => {
  const statement = (what: object) => ({ Version: "2012-10-17", Statement: [{ ...READ, ...what }] });
  const cases: [text: unknown, says: RegExp][] = [
    ["{", /not JSON/],
    [{ Statement: [READ] }, /Version must be "2012-10-17"/],
    [{ Version: "2008-10-17", Statement: [READ] }, /Version must be "2012-10-17"/],
    [{ Version: "2012-10-17", Statement: [] }, /Statement/],
    [statement({ Effect: "Maybe" }), /Statement\.?0?.*/],
    [statement({ Principal: undefined }), /Statement.0 needs one of Principal and NotPrincipal/],
    [statement({ NotAction: "s3:*" }), /needs one of Action and NotAction/],
    [statement({ Action: "ec2:Run" }), /ec2:Run is no action of S3/],
    [statement({ Resource: "arn:aws:s3:::other/*" }), /not of this bucket/],
    [statement({ Condition: { Sometimes: { a: "b" } } }), /Sometimes is not known/],
    [statement({ Condition: { IpAddress: { "aws:SourceIp": "127.0.0.1/99" } } }), /no address/],
  ];
  for (const [text, says] of cases)
    assert.throws(
      () => parsePolicy(typeof text === "string" ? text : JSON.stringify(text), "bucket"),
      (error: unknown) =>
        error instanceof SpacesError && error.code === "MalformedPolicy" && says.test(error.message),
      JSON.stringify(text),
    );
});
