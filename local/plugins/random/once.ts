/** A random value: made once, never read anywhere, replaced by any change (terraform-provider-random). */
import type { Existing, Resource } from "../provider/resource.ts";
import { map, type Properties, string } from "../provider/schema.ts";
import type { Values } from "../provider/values.ts";

/** Arbitrary values whose change asks for a new random one. */
export const keepers = map(string(), { replaces: true });

/** The providers need no client. */
export type Random = Resource<null>;

interface Description extends Pick<Random, "properties" | "check" | "plan"> {
  readonly properties: Properties;
  make(planned: Values): Existing | Promise<Existing>;
  /** The state of a value from elsewhere, by what a user gives as its id. */
  adopt?(id: string): Existing | Promise<Existing>;
}

export function once({ properties, check, plan, make, adopt }: Description): Random {
  return {
    properties,
    ...(check && { check }),
    ...(plan && { plan }),
    create: async (_operation, planned) => make(planned),
    read: async (_operation, id, state) => {
      if (Object.keys(state).length > 0) return { id, state };
      if (!adopt) throw new Error("a value of this type can't be imported");
      return adopt(id);
    },
    delete: async () => undefined,
  };
}

export const isCount = (value: unknown): value is number => typeof value === "number";
