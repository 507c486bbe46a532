import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

/** The platform brings everyone to https; a rule of the app's ingress can send them back. */
export const appRedirectHttps: ResourceRule = {
  name: "app-redirect-https",
  description: "An app redirects to https only.",
  group: "TLS",
  severity: "high",
  level: "mandatory",
  references: ["app-platform-https"],
  url: docs.apps,
  fix: "redirect to https, or leave the `scheme` out",
  types: [types.app],
  check: (app, report) =>
    app.get("spec", "ingress", "rules").each((rule) => {
      const scheme = rule.get("redirect", "scheme");
      const uri = rule.get("redirect", "uri");
      if (scheme.text() === "http") report(scheme, "people are redirected to http");
      if (/^http:/.test(uri.text() ?? "")) report(uri, "people are redirected to http");
    }),
};
