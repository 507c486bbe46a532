/** A key of Spaces (terraform-provider-digitalocean: resource_spaces_key). Its secret is shown once, and lives in the state from then on. */
import { list, object, type Properties, string } from "../../provider/schema.ts";
import { rest } from "../rest.ts";

const properties: Properties = {
  name: string({ required: true, autoname: 255 }),
  grants: list(object({ bucket: string({ required: true }), permission: string({ required: true }) })),
  accessKey: string({ output: true }),
  secretKey: string({ output: true, secret: true }),
  createdAt: string({ output: true }),
};

const key = rest({
  noun: "Spaces key",
  path: "/v2/spaces/keys",
  root: "key",
  key: "access_key",
  update: "PUT",
  properties,
});

/** The platform does not tell it again. */
const keepingSecret =
  (update: NonNullable<typeof key.update>): typeof update =>
  async (operation, id, planned, prior) => {
    const { state } = await update(operation, id, planned, prior);
    return { id, state: { ...state, secretKey: prior.secretKey ?? null } };
  };

export default {
  ...key,
  read: async (operation, id, state) => {
    const found = await key.read(operation, id, state);
    return found && { id, state: { ...found.state, secretKey: state.secretKey ?? null } };
  },
  ...(key.update && { update: keepingSecret(key.update) }),
} satisfies typeof key;
