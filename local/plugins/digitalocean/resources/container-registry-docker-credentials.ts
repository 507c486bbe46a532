/** What `docker login` needs for a registry (terraform-provider-digitalocean: resource_container_registry_docker_credentials). */
import type { Existing, Operation, Resource } from "../../provider/resource.ts";
import { between, boolean, integer, notEmpty, type Properties, string } from "../../provider/schema.ts";
import type { Values } from "../../provider/values.ts";
import type { Api } from "../api.ts";
import { named, unlessGone } from "../rest.ts";

/** Seconds: about 50 years, the most that the API takes. */
const LONGEST = 1_576_800_000;

const properties: Properties = {
  registryName: string({ required: true, replaces: true, check: notEmpty }),
  write: boolean({ default: false }),
  expirySeconds: integer({ default: LONGEST, check: between(0, LONGEST) }),
  dockerCredentials: string({ output: true, secret: true }),
  credentialExpirationTime: string({ output: true }),
};

const pathOf = (state: Values): string => `/v2/registries/${encodeURIComponent(String(state.registryName))}`;

async function renewed(operation: Operation<Api>, state: Values): Promise<Existing> {
  const seconds = Number(state.expirySeconds ?? LONGEST);
  const query = `read_write=${state.write === true}&expiry_seconds=${seconds}`;
  const path = `${pathOf(state)}/docker-credentials?${query}`;
  const answer = await operation.client.call("GET", path, operation);
  const end = new Date(Date.now() + seconds * 1000);
  return {
    id: String(state.registryName),
    state: {
      ...state,
      dockerCredentials: JSON.stringify(answer),
      credentialExpirationTime: end.toISOString().replace(/\.\d+Z$/, "Z"),
    },
  };
}

const credentials: Resource<Api> = {
  properties,
  importId: (id) => ({ id, state: { registryName: id } }),
  create: (operation, planned) =>
    named("creating registry credentials", async () => {
      await operation.client.call("GET", pathOf(planned), operation);
      return renewed(operation, planned);
    }),
  /** They can't be read again: they are made anew once they have ended, and when they are imported. */
  read: (operation, id, state) =>
    named("reading registry credentials", () =>
      unlessGone(async () => {
        const known: Values = { ...state, registryName: state.registryName ?? id };
        await operation.client.call("GET", pathOf(known), operation);
        const end = Date.parse(String(state.credentialExpirationTime));
        return end > Date.now() ? { id, state: known } : renewed(operation, known);
      }),
    ),
  update: (operation, _id, planned) =>
    named("updating registry credentials", () => renewed(operation, planned)),
  /** The official plugin revokes the token at an address outside the API: from here nothing goes there. */
  delete: async () => {},
};
export default credentials;
