import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { settingsOf } from "./configuration.ts";
import { judge, resource, secret, unknown } from "./kit.ts";
import { packOf } from "./pack.ts";
import type { ResourceRule, StackRule } from "./rule.ts";
import { rules } from "./rules/index.ts";
import { isUnknown, onConfigure } from "./sdk.ts";

/** What the adapter takes for given of the SDK's internals: a new SDK has to keep it, or the adapter has to change. */

const require = createRequire(import.meta.url);
const proto: typeof import("@pulumi/pulumi/proto/analyzer_pb.js") = require("@pulumi/pulumi/proto/analyzer_pb.js");
const ofPulumi = createRequire(require.resolve("@pulumi/pulumi/proto/analyzer_pb.js"));
const { Struct } = ofPulumi("google-protobuf/google/protobuf/struct_pb.js");
const type = "test:index:Thing";
const about = {
  description: "A rule.",
  group: "hygiene",
  severity: "low",
  level: "mandatory",
  url: "https://example.com",
  fix: "mend it",
} as const;
const rule = (check: ResourceRule["check"]): ResourceRule => ({
  ...about,
  name: "a-rule",
  types: [type],
  check,
});

test("the SDK is the version that the adapter was written for", () => {
  assert.equal(require("@pulumi/policy/package.json").version.replace("v", ""), "1.21.0");
});

test("what stands for unknown values is known, each of its kinds", () => {
  const proxy: Record<string, unknown> = require("@pulumi/policy/proxy.js");
  const kinds = ["Boolean", "Number", "String", "Array", "Asset", "Archive", "Object"];
  for (const kind of kinds) assert.equal(isUnknown(proxy[`unknown${kind}Value`]), true, kind);
  assert.equal(isUnknown("04da6b54"), false);
});

test("the engine is told of each rule by itself, though two policies run them all", () => {
  const { makeAnalyzerInfo } = require("@pulumi/policy/protoutil.js");
  const { policies } = packOf(rules, settingsOf({ "policies:levels": '{ "dns-ttl": "off" }' }));
  const told = makeAnalyzerInfo("kit", "1.0.0", "advisory", { policies }).toObject().policiesList;
  const byName = new Map(told.map((policy: { name: string }) => [policy.name, policy]));
  const { POLICY_TYPE_RESOURCE: RESOURCE, POLICY_TYPE_STACK: STACK } = proto.PolicyType;
  for (const rule of rules) {
    const { description, policyType, enforcementlevel, severity, url } = Object(byName.get(rule.name));
    const { ADVISORY, MANDATORY, DISABLED } = proto.EnforcementLevel;
    const level = rule.name === "dns-ttl" ? DISABLED : rule.level === "mandatory" ? MANDATORY : ADVISORY;
    assert.deepEqual(
      [description, policyType, enforcementlevel, severity > 0, url],
      [rule.description, "check" in rule ? RESOURCE : STACK, level, true, rule.url],
      rule.name,
    );
  }
});

test("what a rule says reaches the engine as its own, with its level and severity", async () => {
  const odd = rule((it, report) => report(it.get("a"), "it is odd"));
  const request = new proto.AnalyzeRequest();
  request.setType(type);
  request.setUrn("urn:pulumi:test::program::test:index:Thing::it");
  request.setProperties(Struct.fromJavaScript({}));
  request.setOptions(new proto.AnalyzerResourceOptions());
  const analyze = require("@pulumi/policy/server.js").makeAnalyzeRpcFun(
    "kit",
    "1.0.0",
    "advisory",
    packOf([odd], settingsOf()).policies,
  );
  const answer = await new Promise<InstanceType<typeof proto.AnalyzeResponse>>((resolve, reject) =>
    analyze({ request }, (error: unknown, response: InstanceType<typeof proto.AnalyzeResponse>) =>
      error ? reject(error) : resolve(response),
    ),
  );
  assert.deepEqual(
    answer
      .getDiagnosticsList()
      .map((each) => [
        each.getPolicyname(),
        each.getMessage(),
        each.getEnforcementlevel(),
        each.getSeverity(),
        each.getUrn(),
      ]),
    [
      [
        "a-rule",
        "A rule.\na: it is odd. To fix: mend it.",
        proto.EnforcementLevel.MANDATORY,
        proto.PolicySeverity.POLICY_SEVERITY_LOW,
        request.getUrn(),
      ],
    ],
  );
});

test("secrets are told apart at any depth, with their values", async () => {
  const seen: string[] = [];
  const look = rule(({ inputs }) => {
    for (const leaf of inputs.leaves())
      seen.push(`${leaf.path} ${leaf.isSecret} ${leaf.isUnknown ? "?" : leaf.value}`);
  });
  const inputs = {
    a: "x",
    b: secret("y"),
    c: [secret({ d: "z", e: [1] })],
    f: { g: secret(unknown) },
    h: unknown,
    i: null,
  };
  assert.deepEqual(await judge([look], [resource(type, inputs)]), { violations: [], undecided: [] });
  assert.deepEqual(seen, [
    "a false x",
    "b true y",
    "c[0].d true z",
    "c[0].e[0] true 1",
    "f.g true ?",
    "h false ?",
    "i false null",
  ]);
});

test("a rule that reads an unknown is undecided, and what it has found beside it stays", async () => {
  const both = rule(({ get: _get, inputs }, report) => {
    inputs.get("list").each((item) => {
      if (item.text() === "bad") report(item, "it is bad");
    });
  });
  const { violations, undecided } = await judge(
    [both],
    [resource(type, { list: [unknown, "bad", unknown, "good"] })],
  );
  assert.deepEqual(
    violations.map(({ path }) => path),
    ["list[1]"],
  );
  assert.deepEqual(
    undecided.map(({ path }) => path),
    ["list[0]", "list[2]"],
  );
});

test("a rule that throws is a violation that names the rule and quotes nothing", async () => {
  const broken = rule(({ inputs }) => {
    throw new SyntaxError(`unexpected ${inputs.get("a").text()}`);
  });
  await assert.rejects(judge([broken], [resource(type, { a: "hunter2" })]), (error: Error) => {
    assert.match(error.message, /^a-rule on urn:\S+: the rule itself failed \(SyntaxError\)/);
    assert.doesNotMatch(error.message, /hunter2/);
    return true;
  });
});

test("a message that quotes a secret loses it, also another resource's", async () => {
  const loose: StackRule = {
    ...about,
    name: "loose",
    types: [type],
    checkInStack: (it, report, _settings, stack) => {
      const all = stack.of(type).map((each) => each.get("a").text());
      report(it.get("a"), `the values are ${all.join(" and ")}`);
    },
  };
  const things = [
    resource(type, { a: secret("hunter2") }),
    resource(type, { a: secret("correct horse") }, { name: "b" }),
  ];
  const { violations } = await judge([loose], things);
  for (const { wrong } of violations) assert.equal(wrong, "the values are [secret] and [secret]");
});

test("rules of a stack see inputs as the program gave them, and outputs beside them", async () => {
  const seen: unknown[] = [];
  const look: StackRule = {
    ...about,
    name: "look",
    types: [type],
    checkInStack: (it) => {
      seen.push(it.get("kind").value, it.outputs.get("kind").isUnknown, it.outputs.get("id").value);
    },
  };
  const first = rule(() => undefined); // inputs are seen when a resource is judged by itself
  await judge([first, look], [resource(type, { a: 1 }, { outputs: { kind: unknown, id: "9" } })]);
  assert.deepEqual(seen, [undefined, true, "9"]);
});

test("what the engine configures is heard with its levels, and switches off nothing that always runs", () => {
  const ofSdk = createRequire(require.resolve("@pulumi/policy"));
  const { AnalyzerService } = ofSdk("@pulumi/pulumi/proto/analyzer_grpc_pb.js");
  const { requestDeserialize } = AnalyzerService.configure;
  let heard = {};
  onConfigure(["runner"], (config) => {
    heard = Object.fromEntries(config);
  });
  const request = new proto.ConfigureAnalyzerRequest();
  const config = (level: number, properties: object) => {
    const its = new proto.PolicyConfig();
    its.setEnforcementlevel(level);
    its.setProperties(Struct.fromJavaScript(properties));
    return its;
  };
  const { DISABLED, REMEDIATE, MANDATORY } = proto.EnforcementLevel;
  request.getPolicyconfigMap().set("runner", config(DISABLED, {}));
  request.getPolicyconfigMap().set("a-rule", config(REMEDIATE, { dnsTtl: 60 }));
  const passedOn = AnalyzerService.configure.requestDeserialize(request.serializeBinary());
  AnalyzerService.configure.requestDeserialize = requestDeserialize;
  assert.deepEqual(heard, {
    runner: { level: "disabled", properties: {} },
    "a-rule": { level: "remediate", properties: { dnsTtl: 60 } },
  });
  assert.equal(passedOn.getPolicyconfigMap().get("runner").getEnforcementlevel(), MANDATORY);
  assert.equal(passedOn.getPolicyconfigMap().get("a-rule").getEnforcementlevel(), REMEDIATE);
});
