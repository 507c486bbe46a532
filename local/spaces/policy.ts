import { BlockList, isIP } from "node:net";
import * as z from "zod";
import { SpacesError } from "./errors.ts";

/** Bucket policies: who may do what, in AWS's language (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html). */

/** A request as a policy sees it. */
export interface Asked {
  /** The account when one of its keys signed; undefined for anyone. */
  readonly account: string | undefined;
  /** `s3:GetObject`. */
  readonly action: string;
  /** `arn:aws:s3:::bucket/key`. */
  readonly resource: string;
  /** Condition keys in lower case, such as `aws:sourceip`, and what the request has for them. */
  readonly context: Readonly<Record<string, string | undefined>>;
}

const OneOrMany = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const Scalar = z.union([z.string(), z.boolean(), z.number()]).transform(String);
const Values = z.union([Scalar, z.array(Scalar)]).transform((value) => [value].flat());
const Principal = z
  .union([z.literal("*"), z.strictObject({ AWS: OneOrMany }), z.strictObject({ CanonicalUser: OneOrMany })])
  .transform((value) => (value === "*" ? ["*"] : Object.values(value).flat()));
const Statement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(["Allow", "Deny"]),
  Principal: Principal.optional(),
  NotPrincipal: Principal.optional(),
  Action: OneOrMany.optional(),
  NotAction: OneOrMany.optional(),
  Resource: OneOrMany.optional(),
  NotResource: OneOrMany.optional(),
  Condition: z.record(z.string(), z.record(z.string(), Values)).optional(),
});
const Policy = z.strictObject({
  Version: z.literal("2012-10-17"),
  Id: z.string().optional(),
  Statement: z.union([Statement, z.array(Statement).min(1)]).transform((value) => [value].flat()),
});
type Statement = z.output<typeof Statement>;
export type Policy = z.output<typeof Policy>;

/** @throws SpacesError MalformedPolicy in one line: what is wrong where */
export function parsePolicy(text: string, bucket: string): Policy {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw malformed("it is not JSON");
  }
  if (z.object({ Version: z.string() }).safeParse(json).data?.Version !== "2012-10-17")
    throw malformed('Version must be "2012-10-17"');
  const { data, error } = Policy.safeParse(json);
  if (!data)
    throw malformed(error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; "));
  for (const [at, statement] of data.Statement.entries()) check(statement, `Statement.${at}`, bucket);
  return data;
}

function check(statement: Statement, where: string, bucket: string): void {
  for (const pair of [
    ["Principal", "NotPrincipal"],
    ["Action", "NotAction"],
    ["Resource", "NotResource"],
  ] as const)
    if (pair.filter((name) => statement[name] !== undefined).length !== 1)
      throw malformed(`${where} needs one of ${pair.join(" and ")}`);
  for (const action of [...(statement.Action ?? []), ...(statement.NotAction ?? [])])
    if (!/^(\*|s3:[A-Za-z*?]+)$/.test(action)) throw malformed(`${where}: ${action} is no action of S3`);
  for (const resource of [...(statement.Resource ?? []), ...(statement.NotResource ?? [])])
    if (resource !== "*" && resource !== arn(bucket) && !resource.startsWith(`${arn(bucket)}/`))
      throw malformed(`${where}: the resource ${resource} is not of this bucket, ${arn(bucket)}`);
  for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
    const { name } = parsed(operator);
    if (!OPERATORS[name]) throw malformed(`${where}: the condition ${operator} is not known`);
    if (name.endsWith("IpAddress"))
      for (const range of Object.values(keys).flat())
        if (!isRange(range)) throw malformed(`${where}: ${range} is no address or range of addresses`);
  }
}

const malformed = (why: string) => new SpacesError("MalformedPolicy", `The policy can't be used: ${why}`);

export const arn = (bucket: string, key?: string): string =>
  `arn:aws:s3:::${bucket}${key === undefined ? "" : `/${key}`}`;

/** What the policy says of a request; undefined when it says nothing. A denial wins. */
export function verdictOf(policy: Policy, asked: Asked): "Allow" | "Deny" | undefined {
  const effects = policy.Statement.filter((statement) => concerns(statement, asked)).map(
    ({ Effect }) => Effect,
  );
  return effects.includes("Deny") ? "Deny" : effects[0];
}

function concerns(statement: Statement, asked: Asked): boolean {
  const matches = (
    list: readonly string[] | undefined,
    others: readonly string[] | undefined,
    test: (pattern: string) => boolean,
  ) => (list ? list.some(test) : !others?.some(test));
  return (
    matches(statement.Principal, statement.NotPrincipal, (principal) =>
      isPrincipal(principal, asked.account),
    ) &&
    matches(statement.Action, statement.NotAction, (action) =>
      like(action.toLowerCase(), asked.action.toLowerCase()),
    ) &&
    matches(statement.Resource, statement.NotResource, (resource) => like(resource, asked.resource)) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) =>
        holds(operator, asked.context[key.toLowerCase()], values),
      ),
    )
  );
}

/** An account is named by its id, alone or in an ARN; every key of it is the account. */
const isPrincipal = (principal: string, account: string | undefined): boolean =>
  principal === "*" ||
  (account !== undefined &&
    (principal === account ||
      new RegExp(`^arn:aws:iam::(${account}:(root|user/.*)|:user/${account})$`).test(principal)));

/** `*` stands for any text, `?` for one character. */
function like(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, "[^]*")
    .replaceAll("?", "[^]");
  return new RegExp(`^${source}$`).test(text);
}

type Test = (actual: string, value: string) => boolean;
const numeric =
  (test: (actual: number, value: number) => boolean): Test =>
  (actual, value) =>
    test(Number(actual), Number(value));
const date =
  (test: (actual: number, value: number) => boolean): Test =>
  (actual, value) =>
    test(Date.parse(actual), Date.parse(value));

/** Each with its opposite, which holds when the test fails for every value. */
const OPERATORS: Record<string, { test: Test; negated?: true }> = {
  StringEquals: { test: (actual, value) => actual === value },
  StringNotEquals: { test: (actual, value) => actual === value, negated: true },
  StringEqualsIgnoreCase: { test: (actual, value) => actual.toLowerCase() === value.toLowerCase() },
  StringNotEqualsIgnoreCase: {
    test: (actual, value) => actual.toLowerCase() === value.toLowerCase(),
    negated: true,
  },
  StringLike: { test: (actual, value) => like(value, actual) },
  StringNotLike: { test: (actual, value) => like(value, actual), negated: true },
  IpAddress: { test: isWithin },
  NotIpAddress: { test: isWithin, negated: true },
  Bool: { test: (actual, value) => actual === value.toLowerCase() },
  NumericEquals: { test: numeric((a, b) => a === b) },
  NumericNotEquals: { test: numeric((a, b) => a === b), negated: true },
  NumericLessThan: { test: numeric((a, b) => a < b) },
  NumericLessThanEquals: { test: numeric((a, b) => a <= b) },
  NumericGreaterThan: { test: numeric((a, b) => a > b) },
  NumericGreaterThanEquals: { test: numeric((a, b) => a >= b) },
  DateLessThan: { test: date((a, b) => a < b) },
  DateLessThanEquals: { test: date((a, b) => a <= b) },
  DateGreaterThan: { test: date((a, b) => a > b) },
  DateGreaterThanEquals: { test: date((a, b) => a >= b) },
  Null: { test: () => false },
};

const parsed = (operator: string) => ({
  name: operator.replace(/IfExists$/, ""),
  ifExists: operator.endsWith("IfExists"),
});

function holds(operator: string, actual: string | undefined, values: readonly string[]): boolean {
  const { name, ifExists } = parsed(operator);
  const known = OPERATORS[name];
  if (!known) return false;
  if (name === "Null") return values.includes(String(actual === undefined));
  if (actual === undefined) return ifExists || known.negated === true;
  const found = values.some((value) => known.test(actual, value));
  return known.negated ? !found : found;
}

function isRange(text: string): boolean {
  const [address = "", bits] = text.split("/");
  const family = isIP(address);
  return (
    family !== 0 && (bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)))
  );
}

function isWithin(actual: string, range: string): boolean {
  const [address = "", bits] = range.split("/");
  if (!isIP(actual) || !isIP(address)) return false;
  const family = isIP(address) === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(address, Number(bits ?? (family === "ipv4" ? 32 : 128)), family);
  return list.check(actual, isIP(actual) === 4 ? "ipv4" : "ipv6");
}
