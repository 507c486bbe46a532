import { docs } from "../../docs.ts";
import { known, types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";
import { credentialIn } from "../../text.ts";

export const outputInClear: StackRule = {
  name: "output-in-clear",
  description: "No output of the stack shows a credential.",
  group: "secrets",
  severity: "critical",
  level: "mandatory",
  url: docs.secrets,
  fix: "wrap the output in `pulumi.secret`, and revoke what it has shown",
  types: [types.stack],
  checkInStack: (stack, report) => {
    for (const leaf of stack.outputs.leaves()) {
      if (leaf.isSecret) continue;
      for (const text of known(leaf)) {
        const what = credentialIn(text);
        if (what) report(leaf, `the output shows ${what}`);
      }
    }
  },
};
