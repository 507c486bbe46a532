/** The settings of a cluster, one resource per engine: written with a PATCH, read back, and left behind when deleted. */
import { isEmpty } from "../provider/check.ts";
import type { Existing, Operation, Resource } from "../provider/resource.ts";
import type { Properties } from "../provider/schema.ts";
import type { Values } from "../provider/values.ts";
import { type Api, asBody } from "./api.ts";
import { fromBody, toBody } from "./body.ts";
import { clusterId, memberPath } from "./database.ts";
import { named, unlessGone } from "./rest.ts";

const none: Values = {};

/** `engine` is the name in messages and, in lower case, in the resource's id. */
export function databaseConfig(engine: string, settings: Properties): Resource<Api> {
  const properties: Properties = { clusterId, ...settings };
  const idOf = (cluster: string): string => `${cluster}/${engine.toLowerCase()}-config`;
  const read = async (operation: Operation<Api>, id: string, state: Values): Promise<Existing> => {
    const config = asBody(
      (await operation.client.call("GET", memberPath(state, "config"), operation)).config,
    );
    return { id, state: { ...fromBody(properties, config), clusterId: String(state.clusterId) } };
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
