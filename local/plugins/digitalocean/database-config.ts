/** The settings of a cluster, one resource per engine: written with a PATCH, read back, and left behind when deleted. */
import { isEmpty } from "../provider/check.ts";
import type { Existing, Operation, Resource } from "../provider/resource.ts";
import {
  between,
  boolean,
  integer,
  number,
  type Properties,
  type Property,
  snakeCase,
  string,
} from "../provider/schema.ts";
import { unknown, type Value, type Values } from "../provider/values.ts";
import { type Api, asBody } from "./api.ts";
import { fromBody, toBody } from "./body.ts";
import { clusterId, memberPath } from "./database.ts";
import { named, unlessGone } from "./rest.ts";

const none: Values = {};

/** A setting that nobody has chosen has the platform's value. */
export const chosen = { computed: true } as const;

const each = (names: readonly string[], property: Property): Properties =>
  Object.fromEntries(names.map((name) => [name, property]));
export const integers = (...names: readonly string[]): Properties => each(names, integer(chosen));
export const numbers = (...names: readonly string[]): Properties => each(names, number(chosen));
export const booleans = (...names: readonly string[]): Properties => each(names, boolean(chosen));
export const strings = (...names: readonly string[]): Properties => each(names, string(chosen));
/** Integers of 64 bits, which are strings in programs. */
export const longs = (...names: readonly string[]): Properties =>
  each(
    names,
    string({
      ...chosen,
      read: (raw) => (raw === undefined || raw === null ? "" : String(raw)),
      write: Number,
    }),
  );
/** Integers from a least one on, by their names. */
export const integersFrom = (least: Readonly<Record<string, number>>): Properties =>
  Object.fromEntries(
    Object.entries(least).map(([name, from]) => [
      name,
      integer({ ...chosen, check: between(from, Number.MAX_SAFE_INTEGER) }),
    ]),
  );
/** The same properties, whose names in the API have this in front. */
export const prefixed = (prefix: string, properties: Properties): Properties =>
  Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [
      name,
      { ...property, api: `${prefix}${snakeCase(name)}` },
    ]),
  );

/** `engine` is the name in messages and, in lower case, in the resource's id. */
export function databaseConfig(engine: string, settings: Properties): Resource<Api> {
  const properties: Properties = { clusterId, ...settings };
  const idOf = (cluster: string): string => `${cluster}/${engine.toLowerCase()}-config`;
  const read = async (operation: Operation<Api>, id: string, state: Values): Promise<Existing> => {
    const config = asBody(
      (await operation.client.call("GET", memberPath(state, "config"), operation)).config,
    );
    return {
      id,
      state: {
        ...apart(properties, state),
        ...fromBody(properties, config),
        clusterId: String(state.clusterId),
      },
    };
  };
  const write = async (
    operation: Operation<Api>,
    planned: Values,
    prior: Values,
    id: string,
  ): Promise<Existing> => {
    // What was read as empty isn't set at all: only an empty value that the program asks for is sent.
    const wanted = Object.entries(planned).filter(
      ([name, value]) => !isEmpty(value) || !isEmpty(prior[name]),
    );
    const body = { config: toBody(properties, prior === none ? planned : Object.fromEntries(wanted)) };
    await operation.client.call("PATCH", memberPath(planned, "config"), operation, body);
    return read(operation, id, planned);
  };
  return {
    properties,
    importId: (cluster) => ({ id: idOf(cluster), state: { clusterId: cluster } }),
    create: (operation, planned) =>
      named(`setting ${engine} configuration`, () =>
        write(operation, planned, none, idOf(String(planned.clusterId))),
      ),
    read: (operation, id, state) =>
      named(`reading ${engine} configuration`, () => unlessGone(() => read(operation, id, state))),
    update: (operation, id, planned, prior) =>
      named(`setting ${engine} configuration`, () => write(operation, planned, prior, id)),
    // The platform keeps the settings: there is nothing to delete.
    delete: async () => undefined,
  };
}

/** What the official plugin neither sends nor reads stays as the program has it. */
function apart(properties: Properties, state: Values): Values {
  const kept: Record<string, Value> = {};
  for (const [name, { api }] of Object.entries(properties)) {
    const value = state[name];
    if (api === false && value !== undefined && value !== unknown) kept[name] = value;
  }
  return kept;
}
