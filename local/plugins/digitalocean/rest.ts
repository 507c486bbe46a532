/** A resource whose API is the usual one: POST to make it, GET, PUT and DELETE on its own path. */
import type { Existing, Operation, Resource } from "../provider/resource.ts";
import type { Values } from "../provider/values.ts";
import { type Api, asBody, type Body, isStatus } from "./api.ts";
import { fromBody, toBody } from "./body.ts";

export interface Description
  extends Pick<Resource<Api>, "properties" | "timeouts" | "check" | "plan" | "replacesWhen"> {
  /** What messages call it: "VPC". */
  readonly noun: string;
  /** Where it is made, from its planned state; one of its own has its id behind. */
  readonly path: string | ((state: Values) => string);
  /** The key of bodies that hold one. */
  readonly root: string;
  /** The field by which paths address it; default `id`. */
  readonly key?: string;
  /** How a change is sent; without it every change replaces. */
  readonly update?: "PUT" | "PATCH";
  /** Deleting one that has gone fails: the official plugin takes no 404 for an answer here. */
  readonly mustExist?: true;
}

export function rest(
  description: Description,
): Resource<Api> & { update?: NonNullable<Resource<Api>["update"]> } {
  const { properties, timeouts, check, plan, replacesWhen, noun, root, key = "id" } = description;
  const pathOf = (state: Values): string =>
    typeof description.path === "string" ? description.path : description.path(state);
  const one = (id: string, state: Values): string => `${pathOf(state)}/${encodeURIComponent(id)}`;
  const existing = (body: Body): Existing => {
    const item = asBody(body[root]);
    return { id: String(item[key]), state: fromBody(properties, item) };
  };
  const method = description.update;
  const changeable = Object.fromEntries(Object.entries(properties).filter(([, { replaces }]) => !replaces));
  return {
    properties,
    ...(timeouts && { timeouts }),
    ...(check && { check }),
    ...(plan && { plan }),
    ...(replacesWhen && { replacesWhen }),
    create: async (operation, planned) =>
      named(`creating ${noun}`, async () =>
        existing(
          await operation.client.call("POST", pathOf(planned), operation, toBody(properties, planned)),
        ),
      ),
    read: (operation, id, state) =>
      named(`reading ${noun}`, () =>
        unlessGone(async () => existing(await operation.client.call("GET", one(id, state), operation))),
      ),
    ...(method && {
      update: (operation: Operation<Api>, id: string, planned: Values, prior: Values) =>
        named(`updating ${noun}`, async () => {
          await operation.client.call(
            method,
            one(id, prior),
            operation,
            toBody(changeable, planned, { prior }),
          );
          return existing(await operation.client.call("GET", one(id, prior), operation));
        }),
    }),
    delete: (operation, id, state) =>
      named(`deleting ${noun}`, async () => {
        const remove = () => operation.client.call("DELETE", one(id, state), operation);
        await (description.mustExist ? remove() : unlessGone(remove));
      }),
  };
}

/** Says in an error what was going on. */
export async function named<T>(what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Error) error.message = `${what}: ${error.message}`;
    throw error;
  }
}

/** Undefined for what the API doesn't know any more. */
export async function unlessGone<T>(act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}
