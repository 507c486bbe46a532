import { get } from "./api.ts";
import type { Cloud } from "./cloud.ts";
import { at } from "./json.ts";

/** What stands behind a cluster or replica of the local cloud. */
export interface Server {
  /** The cluster's. */
  id: string;
  name: string;
  state: "serving" | "starting" | "unserved";
  /** Why it is not served, or what went wrong last. */
  why?: string;
  /** Whether its trusted sources let this machine in. */
  admits_this_machine: boolean;
}

export async function serversOf(cloud: Cloud): Promise<Server[]> {
  const servers = at((await get(cloud, "/_local/servers")).body, "servers");
  return Array.isArray(servers) ? servers : []; // a cloud of an earlier version has no word for it
}
