import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

export const valkeyTls: ResourceRule = {
  name: "valkey-tls",
  description: "Valkey takes connections over TLS only.",
  group: "TLS",
  severity: "high",
  level: "mandatory",
  references: ["db-connection-ssl-enabled"],
  url: docs.valkey,
  fix: "take `ssl: false` out: TLS is the default",
  types: [types.databaseValkeyConfig, types.databaseRedisConfig],
  check: (config, report) => {
    const ssl = config.get("ssl");
    if (ssl.flag() === false) report(ssl, "connections without TLS are let in");
  },
};
