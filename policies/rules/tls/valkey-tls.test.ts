import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { valkeyTls } from "./valkey-tls.ts";

const config = (inputs: object) => [resource(types.databaseValkeyConfig, { clusterId: unknown, ...inputs })];

cases(valkeyTls, {
  good: { "the default": config({}), "TLS by name": config({ ssl: true }) },
  bad: {
    "TLS switched off": [config({ ssl: false }), "ssl", /without TLS.*default/],
    "TLS switched off in Redis": [
      [resource(types.databaseRedisConfig, { ssl: false })],
      "ssl",
      /without TLS/,
    ],
  },
  unknown: { "the switch": [config({ ssl: unknown }), "ssl"] },
});
