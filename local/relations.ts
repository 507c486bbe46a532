import { randomUUID } from "node:crypto";
import type { Call } from "./call.ts";
import type { Link, Stored } from "./store.ts";

/**
 * What resources of every area are to each other: members of a VPC, in one project, under tags. Relations hold
 * between URNs, so that an area needs to know nothing of the others.
 */

/** Numeric ids have nine digits on the platform too. */
const FIRST_NUMBER = 100_000_000;

/** Makes `holder` a member of `vpc` alone, or of none. */
export function joinVpc(call: Call<unknown>, holder: string, vpc: string | undefined): void {
  const current = call.store.targets("vpc", holder)[0]?.target;
  if (current === vpc) return;
  call.store.unlink("vpc", holder);
  if (vpc) call.store.link("vpc", holder, vpc, call.now);
}

/** The project of everything that names none. It comes with the account. */
export function defaultProject(call: Call<unknown>): Stored {
  const project = call.store
    .list<{ is_default: boolean }>("project", "")
    .find((project) => project.is_default);
  if (!project) throw new Error("the account has no default project");
  return project;
}

/** Moves `holder` into `project`; everything is in exactly one. */
export function moveToProject(call: Call<unknown>, holder: string, project: string): void {
  call.store.unlink("project", holder);
  call.store.link("project", holder, project, call.now);
}

export const projectOf = (call: Call<unknown>, holder: string): string | undefined =>
  call.store.targets("project", holder)[0]?.target;

/** Puts `tag` on `holder`; a tag comes into being with its first use. The spelling of the first use stays. */
export function addTag(call: Call<unknown>, holder: string, tag: string): void {
  call.store.link("tag", holder, ensureTag(call, tag), call.now);
}

export function ensureTag(call: Call<unknown>, tag: string): string {
  const known = findTag(call, tag);
  if (known !== undefined) return known;
  call.store.insert({ kind: "tag", id: newId(), parent: "", name: tag, createdAt: call.now });
  return tag;
}

/** Tags differ by more than their case (API description, "Tags"). */
function findTag(call: Call<unknown>, tag: string): string | undefined {
  return call.store.list("tag", "").find((known) => known.name.toLowerCase() === tag.toLowerCase())?.name;
}

export const tagsOf = (call: Call<unknown>, holder: string): string[] =>
  call.store.targets("tag", holder).map((link) => link.target);

export const members = (call: Call<unknown>, vpc: string): Link[] => call.store.holders("vpc", vpc, call.now);

export const newId = (): string => randomUUID();

/** A numeric id, of those that no object has had before. It is taken with the next insert. */
export const newNumber = (call: Call<unknown>): string => String(FIRST_NUMBER + call.store.inserted());
