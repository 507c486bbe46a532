import { resource, secret, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { dropletUserDataSecrets } from "./droplet-user-data-secrets.ts";

const droplet = (userData: unknown) => [resource(types.droplet, { userData })];
const pool = (dropletTemplate: unknown) => [resource(types.dropletAutoscale, { dropletTemplate })];

cases(dropletUserDataSecrets, {
  good: {
    "a script": droplet("#!/bin/sh\nPORT=8080\napt-get update\n"),
    "a script that Pulumi keeps as a secret": droplet(secret("#!/bin/sh\n")),
    "a secret that the droplet fetches": droplet("#!/bin/sh\nexport DB_PASSWORD=$(fetch-secret db)\n"),
    "sealed ones that will be known": pool({ userData: unknown, tags: ["api", "sealed"] }),
    none: [resource(types.droplet)],
  },
  bad: {
    "a password": [
      droplet("#!/bin/sh\nexport DB_PASSWORD=hunter2\n"),
      "userData",
      /the value of DB_PASSWORD.*fetch/,
    ],
    "a credential": [
      pool({ userData: secret("url: postgres://api:hunter2@db/api"), tags: ["sealed"] }),
      "dropletTemplate.userData",
      /a URI with a password/,
    ],
  },
  unknown: {
    "the text": [pool({ userData: unknown }), "dropletTemplate.userData"],
    "the template": [pool(unknown), "dropletTemplate"],
  },
});
