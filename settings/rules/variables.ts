import { previousOf, secretNameProblem } from "../../components/secrets-rules.ts";
import { checkPrevious } from "../generation.ts";
import type { Check, Draft } from "./rule.ts";

/** Variables that the program or the platform gives to the product. */
const reserved = [
  "DATABASE_URL",
  "DATABASE_POOL_URL",
  "DATABASE_CA_CERT",
  "MONGO_URL",
  "MONGO_CA_CERT",
  "REDIS_URL",
  "REDIS_CA_CERT",
  "DOCUMENTS_BUCKET",
  "DOCUMENTS_REGION",
  "DOCUMENTS_ENDPOINT",
  "DOCUMENTS_ACCESS_KEY_ID",
  "DOCUMENTS_SECRET_ACCESS_KEY",
  "ASSETS_URL",
  "SITE_URL",
  "PORT",
];

/** Each variable of the product has one owner. */
export function variableRules({ app, secrets, secretEnv }: Draft, check: Check): void {
  const names = Object.keys(secrets ?? {});
  for (const name of names) {
    const { generation, keepPrevious } = secrets?.[name] ?? {};
    check(`secrets.${name}`, undefined, secretNameProblem(name, names));
    checkPrevious(check, `secrets.${name}.generation`, generation, keepPrevious);
  }
  const previous = names.filter((name) => secrets?.[name]?.keepPrevious).map(previousOf);
  const owners = new Map(reserved.map((name) => [name, "the program"]));
  for (const [path, variables] of Object.entries({ "app.env": app?.env, secretEnv, secrets }))
    for (const name of [...Object.keys(variables ?? {}), ...(path === "secrets" ? previous : [])]) {
      const owner = owners.get(name);
      check(`${path}.${name}`, undefined, owner && `can't be set here: it comes from ${owner}`);
      owners.set(name, `breakwater:${path}`);
    }
}
