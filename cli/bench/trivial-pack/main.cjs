const { PolicyPack } = require("@pulumi/policy");

const nothing = {
  name: "nothing",
  description: "Nothing is asked for.",
  enforcementLevel: "advisory",
  validateResource: () => undefined,
};
new PolicyPack("trivial", { policies: [nothing] });
