import { docs } from "../../docs.ts";
import { machineOf, types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";
import { marked } from "../../tags.ts";
import { credentialIn, namesSecret } from "../../text.ts";

/** Tag of droplets whose user data has secrets only in a form that the droplet alone can open. Their text is judged when it is known. */
const SEALED = "sealed";

/**
 * Every process on a droplet can read its user data from the metadata service, for as long as the droplet lives. Whether Pulumi keeps
 * the text as a secret does not matter there: what it says does.
 */
export const dropletUserDataSecrets: ResourceRule = {
  name: "droplet-user-data-secrets",
  description: "A droplet's user data holds no secret.",
  group: "secrets",
  severity: "high",
  level: "mandatory",
  url: docs.droplets,
  fix: "let the droplet fetch its secrets with a credential of its own, and keep them out of user data",
  types: [types.droplet, types.dropletAutoscale],
  check: (machine, report) => {
    const template = machineOf(machine);
    const userData = template.get("userData");
    if (userData.isUnknown && marked(template.get("tags").texts(), SEALED)) return;
    const text = userData.text() ?? "";
    const what = credentialIn(text) ?? assignedSecret(text);
    if (what) report(userData, `${what} is in it, which every process on the droplet can read`);
  },
};

/** The name of a variable that a script sets to a secret. What it takes from a command or another variable is none of its own. */
function assignedSecret(script: string): string | undefined {
  for (const [, name = "", value = ""] of script.matchAll(
    /^[ \t]*(?:-[ \t]+)?(?:export[ \t]+)?(\w+)=["']?([^\s"']*)/gm,
  ))
    if (namesSecret(name) && value !== "" && !/^[$`<]/.test(value)) return `the value of ${name}`;
  return undefined;
}
