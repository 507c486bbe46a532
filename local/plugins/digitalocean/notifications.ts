/** Where alerts of policies and of uptime checks go. */
import { list, notEmpty, object, type Properties, string } from "../provider/schema.ts";
import type { Value } from "../provider/values.ts";

const text = {
  required: true,
  check: notEmpty,
  same: (old: Value, now: Value): boolean => String(old).toLowerCase() === String(now).toLowerCase(),
};

export const notifications: Properties = {
  emails: list(string(), { api: "email" }),
  slacks: list(object({ channel: string(text), url: string(text) }), { api: "slack" }),
};
