import * as z from "zod";
import { timestamp } from "../../call.ts";
import { UUID } from "../../input.ts";
import { newId } from "../../relations.ts";
import type { Rule } from "./cluster.ts";

/** https://docs.digitalocean.com/products/databases/postgresql/how-to/secure/: at most 100 rules, IPv4 only. */
const MAX_RULES = 100;

const octet = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";
const ADDRESS = new RegExp(`^${octet}(\\.${octet}){3}(/(3[0-2]|[12]?\\d))?$`);

const VALUES: Record<Rule["type"], RegExp> = {
  ip_addr: ADDRESS,
  droplet: /^\d+$/,
  k8s: UUID,
  app: UUID,
  tag: /^[a-zA-Z0-9_\-:]{1,255}$/,
};

export const RuleInput = z
  .object({
    uuid: z.string().nullish(),
    type: z.enum(["droplet", "k8s", "ip_addr", "tag", "app"]),
    value: z.string(),
    description: z.string().nullish(),
  })
  .refine((rule) => VALUES[rule.type].test(rule.value), {
    path: ["value"],
    error: "is not valid for its type",
  });

export const RuleList = z.object({
  rules: z.array(RuleInput).max(MAX_RULES, `more than ${MAX_RULES} rules`),
});

/** The whole new list; a rule that was there before stays the one it was. */
export function rulesFrom(
  inputs: readonly z.output<typeof RuleInput>[],
  before: readonly Rule[],
  now: number,
): Rule[] {
  return inputs.map(({ type, value, description }) => {
    const known = before.find((rule) => rule.type === type && rule.value === value);
    return {
      uuid: known?.uuid ?? newId(),
      created: known?.created ?? now,
      type,
      value,
      description: description ?? undefined,
    };
  });
}

export const rulesView = (cluster: string, rules: readonly Rule[]): object[] =>
  rules.map(({ uuid, type, value, description, created }) => ({
    uuid,
    cluster_uuid: cluster,
    type,
    value,
    description,
    created_at: timestamp(created),
  }));
