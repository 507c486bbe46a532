import type { Settings } from "../settings.ts";
import type { Environment } from "./schema-kit.ts";

/** What a stack's settings mean for its resources. */

/** How the control panel calls an environment. */
export const projectEnvironment = {
  local: "Development",
  staging: "Staging",
  prod: "Production",
} as const satisfies Record<Environment, string>;

/**
 * How each component meets replacement and deletion. The engine refuses both everywhere, also on this machine, unless
 * `allowReplace` names the part; what leaves a real stack stays at DigitalOcean. A rehearsal lifts both: it must end
 * with nothing left, and can only run against a local cloud.
 */
export function protections({ environment, rehearsal, allowReplace }: Settings) {
  const common = { protect: !rehearsal, retain: environment !== "local" && !rehearsal };
  const parts = ["cluster", "databases", "users"] as const;
  return {
    project: { retain: common.retain },
    network: { ...common, allowReplace: allowReplace.includes("network") ? ["vpc" as const] : [] },
    postgres: { ...common, allowReplace: parts.filter((part) => allowReplace.includes(`postgres.${part}`)) },
  };
}
