/** What an uptime check tells whom (terraform-provider-digitalocean: resource_uptime_alert). */
import type { Existing } from "../../provider/resource.ts";
import { integer, object, oneOf, type Properties, string } from "../../provider/schema.ts";
import type { Values } from "../../provider/values.ts";
import { oneInList } from "../body.ts";
import { notifications } from "../notifications.ts";
import { rest } from "../rest.ts";

const properties: Properties = {
  /** A change is sent to the new check under the old alert's id, which knows none such: it can't be made in place. */
  checkId: string({ required: true, api: false }),
  name: string({ required: true, autoname: 255 }),
  type: string({ required: true, check: oneOf("latency", "down", "down_global", "ssl_expiry") }),
  threshold: integer(),
  comparison: string({ check: oneOf("greater_than", "less_than") }),
  period: string({ check: oneOf("2m", "3m", "5m", "10m", "15m", "30m", "1h") }),
  notifications: oneInList(object(notifications), { required: true }),
};

const alert = rest({
  noun: "uptime alert",
  path: ({ checkId }) => `/v2/uptime/checks/${String(checkId)}/alerts`,
  root: "alert",
  update: "PUT",
  mustExist: true,
  properties,
});
const of = ({ id, state }: Existing, { checkId = null }: Values): Existing => ({
  id,
  state: { ...state, checkId },
});

export default {
  ...alert,
  importId(given) {
    const [checkId, id] = given.split(",");
    if (!checkId || !id)
      throw new Error("import an uptime alert by the check's id and its own: <check id>,<alert id>");
    return { id, state: { checkId } };
  },
  create: async (operation, planned) => of(await alert.create(operation, planned), planned),
  read: async (operation, id, state) => {
    const found = await alert.read(operation, id, state);
    return found && of(found, state);
  },
  update: async (operation, id, planned, prior) => {
    const path: Values = { ...prior, checkId: planned.checkId ?? null };
    return of((await alert.update?.(operation, id, planned, path)) ?? { id, state: planned }, planned);
  },
} satisfies typeof alert & { importId(given: string): Existing };
