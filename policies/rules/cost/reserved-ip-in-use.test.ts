import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { reservedIpInUse } from "./reserved-ip-in-use.ts";

const address = (inputs: object) => resource(types.reservedIp, { region: "fra1", ...inputs }, { name: "ip" });
const assignment = resource(
  types.reservedIpAssignment,
  { ipAddress: unknown, dropletId: unknown },
  { refers: { ipAddress: [address({})] } },
);

cases(reservedIpInUse, {
  good: {
    "one of a droplet": [address({ dropletId: unknown })],
    "one with an assignment": [address({}), assignment],
    "an old one of a droplet": [resource(types.floatingIp, { dropletId: 1 })],
  },
  bad: { "one for nothing": [[address({})], "dropletId", /leads nowhere.*give the address back/] },
});
