import { docs } from "../../docs.ts";
import { componentsOf, types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

/** What lets any origin in, by the way that it is matched. A pattern without its end fits names that begin alike. */
const open: Record<string, RegExp> = {
  exact: /^\*$/,
  prefix: /^(?:\*|https?:(?:\/\/)?)?$/,
  regex: /^\^?(?:https?:\/\/)?\(?\.[*+]\)?\$?$/,
};

export const appCorsNarrow: ResourceRule = {
  name: "app-cors-narrow",
  description: "Only sites by their name may call an app from a browser.",
  group: "access",
  severity: "medium",
  level: "mandatory",
  url: docs.apps,
  fix: "list the origins that need it with `exact`",
  types: [types.app],
  check: (app, report) => {
    const rules = [app.get("spec", "ingress", "rules"), ...componentsOf(app, ["services", "functions"])];
    const places = rules.flatMap((each) => (Array.isArray(each.value) ? each.items() : [each]));
    for (const place of places)
      place.attempt(() => {
        const origins = place.get("cors", "allowOrigins");
        for (const [kind, pattern] of Object.entries(open)) {
          const value = origins.get(kind);
          if (!value.isAbsent && pattern.test(value.text() ?? "")) report(value, "any site may call the app");
        }
      });
  },
};
