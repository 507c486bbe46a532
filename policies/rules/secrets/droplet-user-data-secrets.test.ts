import { resource, secret, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { dropletUserDataSecrets } from "./droplet-user-data-secrets.ts";

const pool = (dropletTemplate: unknown) => [resource(types.dropletAutoscale, { dropletTemplate })];

cases(dropletUserDataSecrets, {
  good: {
    "a script": [resource(types.droplet, { userData: "#!/bin/sh\napt-get update\n" })],
    "a script that will be known": pool({ userData: unknown }),
    none: [resource(types.droplet)],
  },
  bad: {
    "a secret": [
      [resource(types.droplet, { userData: secret("#!/bin/sh") })],
      "userData",
      /every process.*fetch/,
    ],
    "a secret that will be known": [
      pool({ userData: secret(unknown) }),
      "dropletTemplate.userData",
      /every process/,
    ],
  },
  unknown: { "the template": [pool(unknown), "dropletTemplate"] },
});
