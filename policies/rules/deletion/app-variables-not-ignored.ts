import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

/**
 * Encrypted variables look changed after a refresh, and ignoring them looks like the way out. The provider then sends the old encrypted
 * text, another variable's value, or none (measured; terraform-provider-digitalocean#1603).
 */
export const appVariablesNotIgnored: ResourceRule = {
  name: "app-variables-not-ignored",
  description: "Changes of an app's variables are not ignored.",
  group: "deletion safety",
  severity: "high",
  level: "mandatory",
  url: docs.apps,
  fix: "take the path out of `ignoreChanges`, and look for drift with `refresh --preview-only`",
  types: [types.app],
  check: (app, report) => {
    for (const path of app.options.ignoreChanges)
      if (path === "spec" || path === "*" || /^spec\b.*\benvs\b/.test(path))
        report("", "`ignoreChanges` covers its variables, and the wrong values would be sent");
  },
};
