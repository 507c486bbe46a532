/** Actions on reserved addresses (terraform-provider-digitalocean: digitalocean/reservedip). */
import type { Operation } from "../provider/resource.ts";
import type { Value } from "../provider/values.ts";
import { type Api, asBody, type Body, until } from "./api.ts";

export const pathOf = (address: Value | undefined): string => `/v2/reserved_ips/${String(address)}`;

export const reservedIp = async (operation: Operation<Api>, address: Value | undefined): Promise<Body> =>
  asBody((await operation.client.call("GET", pathOf(address), operation)).reserved_ip);

/** The id of the droplet that has the address. */
export function holder(ip: Body): number | undefined {
  const { id } = asBody(ip.droplet);
  return typeof id === "number" ? id : undefined;
}

/** Gives the address to a droplet, once that is there, or takes it from its droplet. */
export async function assign(
  operation: Operation<Api>,
  address: Value | undefined,
  droplet: number | undefined,
): Promise<void> {
  if (droplet !== undefined)
    await until(operation, `waiting for droplet ${droplet}`, async () => {
      const found = await operation.client.call("GET", `/v2/droplets/${droplet}`, operation);
      return asBody(found.droplet).status === "active" ? true : undefined;
    });
  const action = droplet === undefined ? { type: "unassign" } : { type: "assign", droplet_id: droplet };
  const begun = await operation.client.call("POST", `${pathOf(address)}/actions`, operation, action);
  const { id } = asBody(begun.action);
  await until(operation, `waiting for ${action.type} of ${String(address)}`, async () => {
    const now = await operation.client.call("GET", `${pathOf(address)}/actions/${String(id)}`, operation);
    return asBody(now.action).status === "completed" ? true : undefined;
  });
}

export const isAddress = (value: Value): string | undefined =>
  /^(\d{1,3}\.){3}\d{1,3}$/.test(String(value)) ? undefined : "must be an IPv4 address";
