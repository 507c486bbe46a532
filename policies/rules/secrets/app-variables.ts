import type { Input } from "../../input.ts";
import { componentsOf, type Resource } from "../../resources.ts";

/** Judges every variable of an app: its own and those of its components. */
export function eachVariable(app: Resource, judge: (variable: Input) => void): void {
  app.get("spec", "envs").each(judge);
  for (const component of componentsOf(app)) component.attempt(() => component.get("envs").each(judge));
}

/** Whether a value only names variables of the platform, such as `${db.DATABASE_URL}`. */
export const isReference = (value: Input): boolean =>
  !value.isUnknown && /^(?:\$\{[\w.-]+\})+$/.test(value.text() ?? "");
