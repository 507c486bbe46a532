import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";

/** App Platform redirects to https by itself. The live URL is known after the first update. */
export const appHttps: StackRule = {
  name: "app-https",
  description: "An app is reached over https.",
  group: "TLS",
  severity: "high",
  level: "mandatory",
  references: ["app-platform-https"],
  url: docs.apps,
  fix: "give the app a domain with a certificate",
  types: [types.app],
  checkInStack: (app, report) => {
    const url = app.outputs.get("liveUrl");
    // An app on this machine has no certificate that anyone would trust.
    if (!app.isRehearsed && !url.isUnknown && /^http:/.test(url.text() ?? ""))
      report(url, "the app is reached over http");
  },
};
