import * as z from "zod";
import { SpacesError } from "./errors.ts";

/**
 * What a signed form may say: the policy that its maker has signed
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html).
 */
export interface FormPolicy {
  /** The sizes that the file may have, in bytes. */
  readonly sizes: { readonly least: number; readonly most: number };
}

const Size = z.union([z.int().min(0), z.string().regex(/^\d+$/).transform(Number)]);
const Range = z.tuple([z.string().regex(/^content-length-range$/i), Size, Size]);
const Match = z.tuple([
  z
    .string()
    .toLowerCase()
    .pipe(z.enum(["eq", "starts-with"])),
  z.string().regex(/^\$./),
  z.string(),
]);
const Exact = z.record(z.string(), z.string()).refine((one) => Object.keys(one).length === 1);
const Policy = z.object({
  expiration: z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
  conditions: z.array(z.union([Range, Match, Exact])),
});

/** Fields that prove the policy, or that a client may add freely. */
const isFree = (name: string): boolean =>
  ["policy", "signature", "awsaccesskeyid", "x-amz-signature", "file"].includes(name) ||
  /^x-(ignore-|amz-(algorithm|credential|date|security-token)$)/.test(name);

/**
 * Holds a form against its policy: each field has to be allowed by a condition, and each condition has to be met.
 *
 * @param policy base64
 * @param fields by name in lower case, with `bucket`
 * @throws SpacesError InvalidPolicyDocument for what is none; AccessDenied for what it doesn't allow
 */
export function checkForm(policy: string, fields: ReadonlyMap<string, string>, now: number): FormPolicy {
  const { expiration, conditions } = parsed(policy);
  const denied = (why: string) => new SpacesError("AccessDenied", `Invalid according to Policy: ${why}`);
  if (expiration <= now) throw denied("Policy expired");
  const sizes = { least: 0, most: Number.POSITIVE_INFINITY };
  const allowed = new Set<string>();
  for (const condition of conditions) {
    if (Array.isArray(condition) && typeof condition[1] === "number") {
      [sizes.least, sizes.most] = [condition[1], Number(condition[2])];
      continue;
    }
    const [how, name, wanted] = Array.isArray(condition)
      ? [condition[0], String(condition[1]).slice(1), String(condition[2])]
      : ["eq", ...(Object.entries(condition)[0] ?? ["", ""])];
    const field = name.toLowerCase();
    const value = fields.get(field);
    const isMet = how === "eq" ? value === wanted : value?.startsWith(wanted);
    if (!isMet && !isFree(field))
      throw denied(`Policy Condition failed: ["${how}", "$${name}", "${wanted}"]`);
    allowed.add(field);
  }
  const extra = [...fields.keys()].find((name) => !allowed.has(name) && !isFree(name));
  if (extra !== undefined) throw denied(`Extra input fields: ${extra}`);
  return { sizes };
}

function parsed(policy: string): z.output<typeof Policy> {
  const invalid = (why: string) => new SpacesError("InvalidPolicyDocument", `Invalid Policy: ${why}`);
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(policy, "base64").toString());
  } catch {
    throw invalid("it is no JSON in base64");
  }
  const result = Policy.safeParse(document);
  if (!result.success) throw invalid(`${result.error.issues[0]?.path.join(".")} is missing or wrong`);
  return result.data;
}
