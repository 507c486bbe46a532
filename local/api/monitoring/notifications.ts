import * as z from "zod";
import { badRequest } from "../../errors.ts";
import { ACCOUNT } from "../account.ts";

/** Where alerts of every kind go. Clients send null for an empty list. */
export const Notifications = z.object({
  email: z
    .array(z.string())
    .nullish()
    .transform((emails) => emails ?? []),
  slack: z
    .array(z.object({ channel: z.string().min(1), url: z.url({ protocol: /^https$/ }) }))
    .nullish()
    .transform((slacks) => slacks ?? []),
});
export type Notifications = z.output<typeof Notifications>;

/** Domains that nobody can have (RFC 2606, RFC 6761). */
const RESERVED = /(^|[.@])(example|invalid|localhost|test|example\.(com|net|org))$/i;
const FORM = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/**
 * Throws for an address that can't belong to a member of the team: the platform takes no other. Who is in a real team is
 * not known here: every address counts as a member's but those that nobody can have.
 * @param field what the request calls the list: `notifications.email`
 */
export function refuseStrangers(emails: readonly string[], field: string): void {
  for (const [at, email] of emails.entries())
    if (email !== ACCOUNT.email && (!FORM.test(email) || RESERVED.test(email)))
      throw badRequest(`invalid value for field '${field}[${at}]': invalid email '${email}'`);
}

/** Throws when nobody would be told. */
export function refuseSilence({ email, slack }: Notifications, field: string): void {
  if (email.length === 0 && slack.length === 0)
    throw badRequest(`invalid value for field '${field}': needs an email or a slack channel`);
}
