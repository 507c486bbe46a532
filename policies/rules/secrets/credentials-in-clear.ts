import { docs } from "../../docs.ts";
import { known, types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";
import { credentialIn } from "../../text.ts";

/** Whatever stands in an input in clear is in the state, in previews and in logs for everyone who can read those. */
export const credentialsInClear: ResourceRule = {
  name: "credentials-in-clear",
  description: "No input holds a credential in clear: not a variable, not user data, not a tag.",
  group: "secrets",
  severity: "critical",
  level: "mandatory",
  url: docs.secrets,
  fix: "make it a Pulumi secret (`pulumi config set --secret`), and revoke this one: it may have been read",
  types: [],
  check: (resource, report) => {
    if (resource.type === types.stack) return; // its outputs have a rule of their own
    for (const leaf of resource.inputs.leaves()) {
      if (leaf.isSecret) continue;
      for (const text of known(leaf)) {
        const what = credentialIn(text);
        if (what) report(leaf, `${what} stands here in clear (${text.length} characters)`);
      }
    }
  },
};
