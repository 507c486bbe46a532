import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { answerOf, InvalidArguments } from "./base.ts";

/** What the SDK ends a program with when a resource's input fails. */
const endingOf = (input: Promise<string>) =>
  pulumi.runtime.serializeProperties("app", { spec: { name: input } }).then(
    () => assert.fail("it went on"),
    (error: unknown) => {
      assert.ok(pulumi.RunError.isInstance(error), "no stack trace");
      return error.message;
    },
  );

test("what can't be read ends the program in one line that is ours", async () => {
  const failure = new Error(
    "invocation of digitalocean:index/getVpc:getVpc returned an error: GET /v2/vpcs/1: 404",
  );
  assert.equal(
    await endingOf(answerOf("net", "VPC 1", Promise.reject(failure))),
    "net: can't read VPC 1: GET /v2/vpcs/1: 404. Try again, or see whether it is gone",
  );
  assert.equal(await answerOf("net", "VPC 1", Promise.resolve("10.0.0.0/20")), "10.0.0.0/20");
});

test("arguments that prove wrong only later end the program with their problems alone", async () => {
  assert.equal(
    await endingOf(Promise.reject(new InvalidArguments("net", ["one", "two"]))),
    "net: one\nnet: two",
  );
});
