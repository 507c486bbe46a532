import type { StackFile } from "./stack-file.ts";

/**
 * A stack's settings as a rehearsal brings them up, on a local cloud that has nothing yet: what the real account has already must be made
 * or left out, and no secret is known.
 */
export interface Rehearsal {
  /** The `config` of the rehearsal's stack file, by full key. What must be secret has its placeholder in it in clear. */
  config: Record<string, unknown>;
  /** Placeholders of what is secret, by full path: `breakwater:secretEnv.MAIL_API_KEY`. */
  secrets: Map<string, string>;
  /** What is not as in the stack file, in words. */
  altered: string[];
  /** What must exist on the cloud beforehand. */
  needs: Needed[];
}

/** Something that the settings take for there; `use` gives the settings its id. */
export type Needed =
  | { kind: "vpc"; region: string; use: (id: string) => void }
  | { kind: "zone"; name: string };

/** Public key of nobody, for a key that only the real account has. */
const nobodysKey =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPzuf2QS1jKW4ZqTlK1ZxEqBvOUn1pHcQ4Qx1fC7sVqG rehearsal";

/** Rather than the fingerprint of a key that the account has. */
const isPublicKey = (value: unknown) => String(value).includes(" ");

/** @param region datacentre of the settings, checked and complete. */
export function rehearsalOf({ raw, encrypted, others }: StackFile, region: string): Rehearsal {
  const altered = ["rehearsal: true"];
  const needs: Needed[] = [];
  const settings = structuredClone(raw.config);
  for (const { holder, key, path } of places(settings)) {
    if (key === "import" && holder[key] !== false) {
      delete holder[key];
      altered.push(`${path} left out: made here instead of taken over`);
    }
    if (key === "vpcId") {
      needs.push({ kind: "vpc", region, use: (id) => Object.assign(holder, { vpcId: id }) });
      altered.push(`${path}: a VPC that was made for the rehearsal`);
    }
    if (key === "sshKeys" && Array.isArray(holder[key])) {
      const keys = holder[key].filter(isPublicKey);
      if (keys.length < holder[key].length) {
        holder[key] = [...keys, nobodysKey];
        altered.push(`${path}: nobody's public key for the fingerprints`);
      }
    }
    if (key === "ownership" && holder[key] === "existing" && typeof holder.name === "string") {
      needs.push({ kind: "zone", name: holder.name });
      altered.push(`${path}: a zone that was made for the rehearsal`);
    }
  }
  // Pulumi's own settings and the policy pack's hold as they do in the stack; those of providers lead to the real account.
  const kept = Object.entries(others).filter(([key]) => /^(pulumi|policies):/.test(key));
  const ours = Object.entries({ ...settings, rehearsal: true }).map(([key, value]) => [
    `breakwater:${key}`,
    value,
  ]);
  return {
    config: Object.fromEntries([...kept, ...ours]),
    secrets: placeholders(raw.config, encrypted),
    altered,
    needs,
  };
}

interface Place {
  holder: Record<string, unknown>;
  key: string;
  path: string;
}

/** Every setting at any depth. */
function places(value: unknown, path = ""): Place[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const there = path ? `${path}.${key}` : key;
    return [{ holder: value as Record<string, unknown>, key, path: there }, ...places(inner, there)];
  });
}

function placeholders(config: Record<string, unknown>, encrypted: string[]): Map<string, string> {
  const found = encrypted.map((path): [string, unknown] => {
    const keys = path.split(/[.[\]]+/).filter(Boolean);
    return [
      `breakwater:${path}`,
      keys.reduce<unknown>((inner, key) => Reflect.get(Object(inner), key), config),
    ];
  });
  return new Map(
    found.map(([path, value]) => [path, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}
