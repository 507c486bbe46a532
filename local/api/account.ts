import { ok, type Route } from "../call.ts";
import type { Area } from "./area.ts";

/** The one account of a local cloud; its identity says that it is no real one. */
export const ACCOUNT = {
  uuid: "10ca1000-0000-4000-8000-000000000000",
  email: "local@breakwater.invalid",
  owner_id: 10_001,
};

/** How much of what an account may have (a new account's). */
export const ACCOUNT_LIMITS = { droplets: 25, reservedIps: 5, volumes: 100 };

const get: Route = {
  method: "GET",
  path: "/v2/account",
  handle: () =>
    ok({
      account: {
        droplet_limit: ACCOUNT_LIMITS.droplets,
        floating_ip_limit: ACCOUNT_LIMITS.reservedIps,
        reserved_ip_limit: ACCOUNT_LIMITS.reservedIps,
        volume_limit: ACCOUNT_LIMITS.volumes,
        email: ACCOUNT.email,
        name: "Local cloud",
        uuid: ACCOUNT.uuid,
        email_verified: true,
        status: "active",
        status_message: "",
        team: { uuid: ACCOUNT.uuid, name: "Local cloud" },
      },
    }),
};

export const area: Area = { title: "Account", resources: [], routes: [get] };
