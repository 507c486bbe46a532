import { PolicyPack } from "@pulumi/policy";
import { settingsOf } from "./configuration.ts";
import { policiesOf } from "./pack.ts";
import { rules } from "./rules/index.ts";

/** The pack as Pulumi starts it: the engine tells the stack's name and configuration in the environment. */
const { PULUMI_CONFIG = "{}", PULUMI_NODEJS_STACK, PULUMI_STACK = "" } = process.env;
const settings = settingsOf(JSON.parse(PULUMI_CONFIG), PULUMI_NODEJS_STACK ?? PULUMI_STACK);

new PolicyPack("breakwater", { policies: policiesOf(rules, settings) });
