import { ok, type Route } from "../call.ts";
import type { Area } from "./area.ts";

/** The one account of a local cloud; its identity says that it is no real one. */
export const ACCOUNT = {
  uuid: "10ca1000-0000-4000-8000-000000000000",
  email: "local@breakwater.invalid",
  owner_id: 10_001,
};

const get: Route = {
  method: "GET",
  path: "/v2/account",
  handle: () =>
    ok({
      account: {
        droplet_limit: 25,
        floating_ip_limit: 5,
        reserved_ip_limit: 5,
        volume_limit: 100,
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
