/** Functions that list what the platform offers, with the filters and sorts of the official plugin. */
import { randomUUID } from "node:crypto";
import type { Invokable, Operation } from "../provider/resource.ts";
import { boolean, list, object, oneOf, type Properties, snakeCase, string } from "../provider/schema.ts";
import { isArray, isObject, type Value, type Values } from "../provider/values.ts";
import type { Api } from "./api.ts";
import { fromBody } from "./body.ts";
import { strings } from "./projects.ts";
import { named } from "./rest.ts";

/** What a list has beside the usual: `GET /v2/<root>` without inputs of its own. */
export interface Peculiar {
  /** Inputs beside filters and sorts; the result has them as well. */
  readonly inputs?: Properties;
  readonly path?: (inputs: Values) => string;
  /** The key of the API's bodies. */
  readonly body?: string;
  /** Gets the items where that is no list of this API. */
  readonly items?: (operation: Operation<Api>) => Promise<Values[]>;
  /** What the API does not say of an item. */
  readonly more?: (item: Values, inputs: Values) => Values;
}

/** A function that gives `root`'s objects, described by `fields`. */
export function listing(root: string, fields: Properties, peculiar: Peculiar = {}): Invokable<Api> {
  const { inputs = {}, path = () => `/v2/${root}`, body = root, more = () => ({}) } = peculiar;
  const keys = Object.keys(fields).map(snakeCase);
  const key = string({ required: true, check: oneOf(...keys) });
  return {
    properties: {
      ...inputs,
      filters: list(
        object({
          key,
          values: list(string(), { required: true }),
          all: boolean(),
          matchBy: string({ check: oneOf("exact", "re", "substring") }),
        }),
      ),
      sorts: list(object({ key, direction: string({ check: oneOf("asc", "desc") }) })),
      [root]: list(object(fields), { output: true }),
    },
    invoke: (operation, { filters = null, sorts = null, ...given }) =>
      named(`listing ${root}`, async () => {
        const fetched = async () =>
          (await operation.client.list(path(given), body, operation)).map((item) => {
            const values = fromBody(fields, item);
            return { ...values, ...more(values, given) };
          });
        const items = await (peculiar.items?.(operation) ?? fetched());
        const field = (item: Values, name: Value | undefined): Value =>
          item[Object.keys(fields).find((one) => snakeCase(one) === name) ?? ""] ?? null;
        const kept = items.filter((item) =>
          objects(filters).every((filter) => passes(field(item, filter.key), filter)),
        );
        for (const { key: name, direction } of objects(sorts).toReversed()) {
          const sign = direction === "desc" ? -1 : 1;
          kept.sort((one, other) => sign * compare(field(one, name), field(other, name)));
        }
        return { ...given, id: randomUUID(), filters, sorts, [root]: kept };
      }),
  };
}

const objects = (value: Value): Values[] => (isArray(value) ? value.filter(isObject) : []);

function passes(value: Value, filter: Values): boolean {
  const matches = (wanted: string): boolean => {
    const texts = isArray(value) ? strings(value) : [String(value)];
    if (filter.matchBy === "re") return texts.some((text) => new RegExp(wanted).test(text));
    return texts.some((text) => (filter.matchBy === "substring" ? text.includes(wanted) : text === wanted));
  };
  const wanted = strings(filter.values);
  return filter.all ? wanted.every(matches) : wanted.some(matches);
}

const compare = (one: Value, other: Value): number =>
  typeof one === "number" && typeof other === "number"
    ? one - other
    : String(one).localeCompare(String(other));

/** The one that was meant; throws when there is none, or are several. */
export function theOne<T>(found: readonly T[], what: string): T {
  const [one] = found;
  if (one === undefined) throw new Error(`no ${what} found`);
  if (found.length > 1) throw new Error(`too many found: ${found.length} of ${what}`);
  return one;
}
