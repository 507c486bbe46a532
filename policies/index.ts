import { PolicyPack } from "@pulumi/policy";
import { settingsOf } from "./configuration.ts";
import { proofsIn } from "./evidence.ts";
import { packOf, runners } from "./pack.ts";
import { rules } from "./rules/index.ts";
import { onConfigure } from "./sdk.ts";

/**
 * The pack as Pulumi starts it: the engine tells the stack's name and configuration in the environment. Of a state that is analysed by
 * itself it tells nothing, so whoever does that may tell it (`POLICIES_CONFIG`, `POLICIES_STACK`).
 */
const { PULUMI_CONFIG, PULUMI_NODEJS_STACK, POLICIES_CONFIG = "{}", POLICIES_STACK } = process.env;
const settings = settingsOf(
  JSON.parse(PULUMI_CONFIG || POLICIES_CONFIG),
  PULUMI_NODEJS_STACK || POLICIES_STACK,
  new Date(),
  proofsIn,
);

const { policies, configure } = packOf(rules, settings);
onConfigure(runners, configure);
new PolicyPack("breakwater", { policies });
