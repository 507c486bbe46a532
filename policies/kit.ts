import { createRequire } from "node:module";
import type { EnforcementLevel, Policies } from "@pulumi/policy";
import type { AnalyzeResponse, RemediateResponse } from "@pulumi/pulumi/proto/analyzer_pb.js";
import { settingsOf } from "./configuration.ts";
import type { Proof } from "./evidence.ts";
import { isFailure, type Message, read, readUndecided } from "./message.ts";
import { packOf } from "./pack.ts";
import type { Rule } from "./rule.ts";

/**
 * A test kit for rules. It gives a rule its resources as the engine does: in protocol messages, through the SDK's own server, with
 * unknowns, secrets and missing values wrapped as they are in a preview. What would throw on the engine throws here.
 *
 *     const droplet = resource("digitalocean:index/droplet:Droplet", { backups: unknown, userData: secret("#!/bin/sh") });
 *     const { violations, undecided } = await judge([dropletBackups], [droplet]);
 */

const require = createRequire(import.meta.url);
const server: Server = require("@pulumi/policy/server.js");
const { unknownStringValue }: { unknownStringValue: string } = require("@pulumi/policy/proxy.js");
const proto: typeof import("@pulumi/pulumi/proto/analyzer_pb.js") = require("@pulumi/pulumi/proto/analyzer_pb.js");
const ofPulumi = createRequire(require.resolve("@pulumi/pulumi/proto/analyzer_pb.js"));
const { Struct }: typeof import("google-protobuf/google/protobuf/struct_pb.js") = ofPulumi(
  "google-protobuf/google/protobuf/struct_pb.js",
);

type Call<Request, Response> = (
  call: { request: Request },
  answer: (error: Error | null | undefined, response?: Response) => void,
) => Promise<void>;
type Make<Request, Response> = (
  pack: string,
  version: string,
  level: string,
  policies: Policies,
) => Call<Request, Response>;
interface Server {
  makeAnalyzeRpcFun: Make<InstanceType<typeof proto.AnalyzeRequest>, AnalyzeResponse>;
  makeAnalyzeStackRpcFun: Make<InstanceType<typeof proto.AnalyzeStackRequest>, AnalyzeResponse>;
  makeRemediateRpcFun: Make<InstanceType<typeof proto.AnalyzeRequest>, RemediateResponse>;
}

/** A value that only the deployment will tell. */
export const unknown: unique symbol = Symbol("unknown");

class SecretValue {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

/** A value that Pulumi keeps as a secret. */
export const secret = (value: unknown): object => new SecretValue(value);

export interface TestResource {
  type: string;
  name: string;
  urn: string;
  inputs: Record<string, unknown>;
  options: ResourceOptions;
}

export interface ResourceOptions {
  /** Logical name. @default "it" */
  name?: string;
  /** @default false */
  protect?: boolean;
  ignoreChanges?: string[];
  /** Which resources an input comes from. */
  refers?: Record<string, TestResource[]>;
  /** What its provider was configured with. */
  provider?: Record<string, unknown>;
  /** What a stack knows of it beyond its inputs. */
  outputs?: Record<string, unknown>;
}

/** A resource as a program declares it. Use {@link unknown} and {@link secret} among the inputs; undefined is left out. */
export function resource(
  type: string,
  inputs: Record<string, unknown> = {},
  options: ResourceOptions = {},
): TestResource {
  const name = options.name ?? "it";
  return { type, name, urn: `urn:pulumi:test::program::${type}::${name}`, inputs, options };
}

export interface Judged {
  violations: (Message & { rule: string; urn: string; level: string })[];
  undecided: { rule: string; urn: string; path: string }[];
}

export interface Circumstances {
  /** Settings of the stack, without their namespace: `{ limits: { budget: 100 } }`. */
  settings?: Record<string, unknown>;
  /** What Pulumi configures the policies with (`--policy-pack-config`), by their names. @default nothing */
  config?: Record<string, { level?: EnforcementLevel; [limit: string]: unknown }>;
  /** What restore drills have proved. @default nothing */
  proofs?: readonly Proof[];
  /** The stack's name. @default "test", which is no production */
  stack?: string;
  /** @default today */
  today?: Date;
}

/**
 * What rules say about resources: those of one resource about each, those of a stack about all together.
 *
 * @throws when a rule threw, which the engine would report as a violation.
 */
export async function judge(
  rules: readonly Rule[],
  resources: readonly TestResource[],
  { settings = {}, config = {}, proofs = [], stack = "test", today }: Circumstances = {},
): Promise<Judged> {
  const given = Object.entries(settings).map(([key, value]) => [
    `policies:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const { policies, configure } = packOf(rules, {
    ...settingsOf(Object.fromEntries(given), stack, today),
    proofs,
  });
  configure(asConfigured(policies, config));
  const analyze = server.makeAnalyzeRpcFun("kit", "1.0.0", "advisory", policies);
  const analyzeStack = server.makeAnalyzeStackRpcFun("kit", "1.0.0", "advisory", policies);
  const judged: Judged = { violations: [], undecided: [] };
  for (const it of resources) collect(judged, await call(analyze, request(it)), it.urn);

  const all = new proto.AnalyzeStackRequest();
  all.setResourcesList(resources.map(inStack));
  collect(judged, await call(analyzeStack, all), "");
  return judged;
}

/** What the engine makes of a configuration: every policy has its level in it, and `all` goes before what is said of one. */
function asConfigured(policies: Policies, config: NonNullable<Circumstances["config"]>) {
  const told = Object.fromEntries(policies.map(({ name, enforcementLevel }) => [name, enforcementLevel]));
  return new Map(
    Object.keys({ ...told, ...config }).map((name) => {
      const { level = config.all?.level ?? told[name] ?? "advisory", ...properties } = config[name] ?? {};
      return [name, { level, properties }];
    }),
  );
}

/** The inputs of a resource after the rules that the settings allow to have mended it. */
export async function mended(rules: readonly Rule[], it: TestResource): Promise<Record<string, unknown>> {
  const mend = JSON.stringify(rules.map(({ name }) => name));
  const { policies } = packOf(rules, settingsOf({ "policies:mend": mend }));
  const remediate = server.makeRemediateRpcFun("kit", "1.0.0", "advisory", policies);
  const answer = await call(remediate, request(it));
  const properties = answer.getRemediationsList().at(-1)?.getProperties()?.toJavaScript();
  return properties ?? it.inputs;
}

function call<Request, Response>(method: Call<Request, Response>, request: Request): Promise<Response> {
  return new Promise((resolve, reject) => {
    void method({ request }, (error, response) => {
      if (error || !response) reject(error ?? new Error("no response"));
      else resolve(response);
    });
  });
}

function collect({ violations, undecided }: Judged, response: AnalyzeResponse, urn: string): void {
  for (const diagnostic of response.getDiagnosticsList()) {
    const rule = diagnostic.getPolicyname();
    const at = diagnostic.getUrn() || urn;
    const text = diagnostic.getMessage();
    const open = readUndecided(text);
    if (open) {
      for (const path of open) undecided.push({ rule, urn: at, path });
      continue;
    }
    const message = read(text);
    if (!message) throw new Error(`${rule} reports what no rule writes: ${text}`);
    if (isFailure(message)) throw new Error(`${rule} on ${at}: ${message.wrong}`);
    const level =
      diagnostic.getEnforcementlevel() === proto.EnforcementLevel.MANDATORY ? "mandatory" : "advisory";
    violations.push({ rule, urn: at, level, ...message });
  }
}

/** Values as the engine sends them. */
function wire(value: unknown): unknown {
  if (value === unknown) return unknownStringValue;
  if (value instanceof SecretValue)
    return {
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      value: wire(value.value) ?? null,
    };
  if (Array.isArray(value)) return value.map((item: unknown) => (item === undefined ? null : wire(item)));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [key, wire(member)]),
  );
}

const struct = (values: Record<string, unknown>) => Struct.fromJavaScript(Object(wire(values)));

function optionsOf({ protect = false, ignoreChanges = [] }: ResourceOptions) {
  const options = new proto.AnalyzerResourceOptions();
  options.setProtect(protect);
  options.setIgnorechangesList(ignoreChanges);
  return options;
}

function providerOf({ provider }: ResourceOptions) {
  if (!provider) return undefined;
  const its = new proto.AnalyzerProviderResource();
  its.setType("pulumi:providers:digitalocean");
  its.setName("digitalocean");
  its.setUrn("urn:pulumi:test::program::pulumi:providers:digitalocean::digitalocean");
  its.setProperties(struct(provider));
  return its;
}

function request({ type, name, urn, inputs, options }: TestResource) {
  const its = new proto.AnalyzeRequest();
  its.setType(type);
  its.setName(name);
  its.setUrn(urn);
  its.setProperties(struct(inputs));
  its.setOptions(optionsOf(options));
  its.setProvider(providerOf(options));
  return its;
}

function inStack({ type, name, urn, inputs, options }: TestResource) {
  const its = new proto.AnalyzerResource();
  its.setType(type);
  its.setName(name);
  its.setUrn(urn);
  its.setProperties(struct({ ...inputs, ...options.outputs }));
  its.setOptions(optionsOf(options));
  its.setProvider(providerOf(options));
  for (const [input, targets] of Object.entries(options.refers ?? {})) {
    const dependencies = new proto.AnalyzerPropertyDependencies();
    dependencies.setUrnsList(targets.map((target) => target.urn));
    its.getPropertydependenciesMap().set(input, dependencies);
  }
  return its;
}
