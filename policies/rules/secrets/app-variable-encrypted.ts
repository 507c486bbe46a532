import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";
import { credentialIn, namesDatabase, namesSecret } from "../../text.ts";
import { eachVariable, isReference } from "./app-variables.ts";

/** App Platform encrypts variables of type SECRET. Others are shown to everyone who may see the app, and in its build logs. */
export const appVariableEncrypted: ResourceRule = {
  name: "app-variable-encrypted",
  description: "A variable of an app that is a secret, by its name or by its looks, has the type SECRET.",
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
      // That Pulumi keeps the value as a secret says nothing here: the provider's schema marks the value of every variable.
      // What a database gives an address for is known after it is made, and has a password in it.
      if (value.isUnknown && namesDatabase(key.text() ?? "")) value.text();
      const what = value.isUnknown ? undefined : credentialIn(value.text() ?? "");
      if (what) report(type, `the value is ${what}, and it is not encrypted`);
      else if (namesSecret(key.text() ?? ""))
        report(type, "the name says that it is a secret, and it is not encrypted");
    }),
};
