import { createRequire } from "node:module";
import type {
  EnforcementLevel,
  Policy,
  PolicyResource,
  ReportViolation,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";

/**
 * The one place that knows what Pulumi's policy SDK does inside (1.21.0; sdk.test.ts holds it to that). The SDK hands secrets to
 * rules in clear and forgets which values they were, and it reads a resource anew for every policy. Here its reader is wrapped: it
 * reads each resource once, and leaves the marks of secrets on.
 */

interface Reader {
  deserializeProperties(struct: object, keepSecrets: boolean): object;
}

interface Sdk {
  /** Key under which the SDK's proxies give what they stand for. */
  target: string;
  /** What stands for a value that only the deployment will tell. */
  sentinels: ReadonlySet<unknown>;
  Secret: typeof import("@pulumi/policy").Secret;
}

let loaded: Sdk | undefined;

/** Wraps the SDK's reader. Once is enough, before the first resource is judged. Loaded then and not before: it is large. */
export function prepare(): Sdk {
  if (loaded) return loaded;
  const require = createRequire(import.meta.url);
  const { Secret }: typeof import("@pulumi/policy") = require("@pulumi/policy");
  const reader: Reader = require("@pulumi/policy/deserialize.js");
  const proxy: Record<string, unknown> = require("@pulumi/policy/proxy.js");
  const values = Object.entries(proxy).flatMap(([name, value]) =>
    /^unknown\w+Value$/.test(name) ? [value] : [],
  );
  const target = String(proxy.getSpecialProxyTarget);
  loaded = { target, sentinels: new Set(values), Secret };

  const read = reader.deserializeProperties;
  const known = new WeakMap<object, object>();
  reader.deserializeProperties = (struct, keepSecrets) => {
    if (keepSecrets) return read(struct, true); // for a remediation, which may change what it gets
    const before = known.get(struct);
    if (before) return before;
    const marked: object = Reflect.get(read(struct, true), target);
    known.set(struct, marked);
    return marked;
  };
  return loaded;
}

/** All properties of a resource, as they are, with secrets marked. */
export function propertiesOf({ props }: Pick<ResourceValidationArgs | PolicyResource, "props">): unknown {
  const marked: unknown = Reflect.get(props, prepare().target);
  if (marked === undefined) throw new Error("the policy SDK is not the one that this pack was built for");
  return marked;
}

/** Takes the mark of a secret off a value. */
export function unwrap(raw: unknown): { value: unknown; isSecret: boolean } {
  if (typeof raw !== "object" || raw === null) return { value: raw, isSecret: false };
  const { Secret } = prepare();
  let value: unknown = raw;
  while (value instanceof Secret) value = value.value;
  return { value, isSecret: value !== raw };
}

export const isUnknown = (value: unknown): boolean =>
  typeof value === "string" && prepare().sentinels.has(value);

/** Makes a policy of the SDK's that it tells the engine about and never runs. */
export const metadataOnly = {
  resource: { validateResource: [] } satisfies Partial<ResourceValidationPolicy>,
  stack: {
    // The SDK leaves out a policy for a type that the stack has nothing of.
    validateStack: Object.assign(() => undefined, { __pulumiType: "none:none:None" }),
  } satisfies Partial<StackValidationPolicy>,
};

/** What the engine gives a policy: `--policy-pack-config`, or the policy group of an organization. */
export interface PolicyConfig {
  level: EnforcementLevel;
  properties: Record<string, unknown>;
}

/**
 * Hears what the engine configures the policies with, before the first resource is judged. The SDK tells a policy its properties and
 * never its level, so the message is read where it arrives; {@link always} are the policies that no configuration turns off.
 */
export function onConfigure(
  always: readonly string[],
  tell: (config: ReadonlyMap<string, PolicyConfig>) => void,
): void {
  const ofSdk = createRequire(createRequire(import.meta.url).resolve("@pulumi/policy"));
  const { AnalyzerService }: typeof import("@pulumi/pulumi/proto/analyzer_grpc_pb.js") = ofSdk(
    "@pulumi/pulumi/proto/analyzer_grpc_pb.js",
  );
  const { EnforcementLevel: levels }: typeof import("@pulumi/pulumi/proto/analyzer_pb.js") = ofSdk(
    "@pulumi/pulumi/proto/analyzer_pb.js",
  );
  const { convertEnforcementLevel }: { convertEnforcementLevel(level: number): EnforcementLevel } =
    ofSdk("./protoutil.js");
  const { configure } = AnalyzerService;
  const read = configure.requestDeserialize;
  configure.requestDeserialize = (bytes) => {
    const request = read(bytes);
    const config = new Map<string, PolicyConfig>();
    for (const [name, its] of request.getPolicyconfigMap().entries()) {
      const level = convertEnforcementLevel(its.getEnforcementlevel());
      config.set(name, { level, properties: its.getProperties()?.toJavaScript() ?? {} });
      if (always.includes(name)) its.setEnforcementlevel(levels.MANDATORY);
    }
    tell(config);
    return request;
  };
}

/** What the engine is told, in the name of any policy of the pack. */
interface Diagnostic
  extends Required<Pick<Policy, "name" | "description" | "enforcementLevel" | "severity">> {
  message: string;
  urn: string | undefined;
}

/** Reports in the name of another policy than the one that runs: the SDK takes that, and its types don't say so. */
export function reportAs(report: ReportViolation, diagnostic: Diagnostic): void {
  Reflect.apply(report, undefined, [diagnostic]);
}
