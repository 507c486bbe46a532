import type { Settings } from "../../settings.ts";
import type { Answer, Api } from "../api.ts";
import { at } from "../json.ts";
import type { StateResource } from "../orphans.ts";

/** One line of the doctor: what was asked, and what the answer means. */
export interface Finding {
  check: string;
  verdict: "ok" | "problem" | "can't know";
  text: string;
  /** What to do about it. */
  fix?: string;
}

/** What the doctor looks at. */
export interface Subject {
  stack: string;
  settings: Settings;
  api: Api;
  /** What the stack has already; undefined when its state can't be read. */
  owned: StateResource[] | undefined;
  /** Servers to ask for DNS records. @default the system's */
  dnsServers?: string[];
}

export type Check = (subject: Subject) => Promise<Finding[]>;

export const ok = (check: string, text: string): Finding => ({ check, verdict: "ok", text });
export const problem = (check: string, text: string, fix: string): Finding => ({
  check,
  verdict: "problem",
  text,
  fix,
});
export const unknown = (check: string, text: string, fix?: string): Finding => ({
  check,
  verdict: "can't know",
  text,
  ...(fix !== undefined && { fix }),
});

/** What a refusal of the API means for a check. */
export function refusal(check: string, path: string, { status, body }: Answer): Finding {
  const why = at(body, "message") ?? "no reason given";
  return unknown(
    check,
    `GET ${path} answers HTTP ${status}: ${why}`,
    "give the token the right to read this",
  );
}

/** Physical ids of what the stack has of a type. */
export function ownedIds({ owned = [] }: Subject, type: string): Set<string> {
  return new Set(owned.filter((resource) => resource.type === type).flatMap(({ id }) => id ?? []));
}
