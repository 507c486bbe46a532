import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";

/** App Platform redirects to https by itself; an ingress rule can send people back. The live URL is known after the first update. */
export const appHttps: StackRule = {
  name: "app-https",
  description: "An app is reached over https, and redirects to nothing else.",
  group: "TLS",
  severity: "high",
  level: "mandatory",
  references: ["app-platform-https"],
  url: docs.apps,
  fix: "take `scheme: http` out of the redirect",
  types: [types.app],
  checkInStack: (app, report) => {
    app.get("spec", "ingress", "rules").each((rule) => {
      const scheme = rule.get("redirect", "scheme");
      const uri = rule.get("redirect", "uri");
      if (scheme.text() === "http") report(scheme, "people are redirected to http");
      if (/^http:/.test(uri.text() ?? "")) report(uri, "people are redirected to http", "redirect to https");
    });
    const url = app.get("liveUrl");
    // An app on this machine has no certificate that anyone would trust.
    if (!app.isRehearsed && !url.isUnknown && /^http:/.test(url.text() ?? ""))
      report(url, "the app is reached over http", "give the app a domain with a certificate");
  },
};
