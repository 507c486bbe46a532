import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";
import { namesSecret } from "../../text.ts";
import { eachVariable, isReference } from "./app-variables.ts";

/** App Platform encrypts variables of type SECRET. Others are shown to everyone who may see the app, and in its build logs. */
export const appVariableEncrypted: ResourceRule = {
  name: "app-variable-encrypted",
  description: "A variable of an app that is a secret, by its name or in Pulumi, has the type SECRET.",
  group: "secrets",
  severity: "high",
  level: "mandatory",
  url: docs.apps,
  fix: "set its `type` to `SECRET`",
  types: [types.app],
  check: (app, report) =>
    eachVariable(app, (variable) => {
      const [type, key, value] = [variable.get("type"), variable.get("key"), variable.get("value")];
      if (type.text() === "SECRET" || value.isAbsent || isReference(value)) return;
      if (value.isSecret)
        report(type, "Pulumi keeps the value as a secret, and the app shows it to everyone");
      else if (namesSecret(key.text() ?? ""))
        report(type, "the name says that it is a secret, and it is not encrypted");
    }),
};
