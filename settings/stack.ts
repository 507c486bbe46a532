import type { Settings } from "../settings.ts";
import { type PartOf, type ProtectedComponent, protectedParts } from "./protected.ts";
import type { Environment } from "./schema-kit.ts";

/** What a stack's settings mean for its resources. */

/** How the control panel calls an environment. */
export const projectEnvironment = {
  local: "Development",
  staging: "Staging",
  prod: "Production",
} as const satisfies Record<Environment, string>;

/**
 * How a component meets replacement and deletion. The engine refuses both everywhere, also on this machine, unless
 * `allowReplace` names the part; what leaves a stack that retains stays at DigitalOcean. A rehearsal lifts both: it must end
 * with nothing left, and can only run against a local cloud.
 */
export function protections({ rehearsal, allowReplace, ...settings }: Settings) {
  const retain = settings.retain && !rehearsal;
  return {
    retain,
    of: <C extends ProtectedComponent>(component: C) => ({
      protect: !rehearsal,
      retain,
      allowReplace: protectedParts
        .filter((part) => part.component === component && allowReplace.includes(part.name))
        .map(({ part }) => part as PartOf<C>),
    }),
  };
}
