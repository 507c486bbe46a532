import { resource, secret, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { outputInClear } from "./output-in-clear.ts";

const outputs = (values: object) => [resource(types.stack, {}, { outputs: { ...values } })];
const uri = "postgres://api:hunter2@db.example.com:25060/api";

cases(outputInClear, {
  good: {
    "a secret": outputs({ postgres: { uri: secret(uri) } }),
    "what will be known": outputs({ postgres: { uri: unknown, host: "db.example.com" } }),
    "no outputs": outputs({}),
  },
  bad: {
    "a URI with its password": [
      outputs({ postgres: { uri } }),
      "postgres.uri",
      /shows a URI.*pulumi\.secret/,
    ],
  },
});
