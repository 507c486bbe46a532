import { docs } from "../../docs.ts";
import { machineOf, types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

/** Every process on a droplet can read its user data from the metadata service, for as long as the droplet lives. */
export const dropletUserDataSecrets: ResourceRule = {
  name: "droplet-user-data-secrets",
  description: "A droplet's user data holds no secret.",
  group: "secrets",
  severity: "high",
  level: "mandatory",
  url: docs.droplets,
  fix: "let the droplet fetch its secrets with a credential of its own, and keep them out of user data",
  types: [types.droplet, types.dropletAutoscale],
  check: (machine, report) => {
    const userData = machineOf(machine).get("userData");
    if (userData.isSecret) report(userData, "a secret is in it, which every process on the droplet can read");
  },
};
