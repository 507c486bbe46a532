import type { Cloud } from "./cloud.ts";
import type { Outputs } from "./health.ts";
import { at } from "./json.ts";

/** The local cloud has no data plane yet (`local/dataplane/unserved.ts`): who calls these addresses should know why nobody answers. */
const NOTE =
  "Databases, apps and droplets exist at the API; no servers stand behind their addresses yet. Buckets are served.";

/** The table of addresses that `npm start` ends with. It holds no secret. */
export function addresses(cloud: Cloud, outputs: Outputs): string {
  const rows: Array<[name: string, address: string]> = [["Local cloud (console)", cloud.url]];
  const add = (name: string, address: unknown) => {
    if (typeof address === "string" && address !== "") rows.push([name, address]);
  };
  add("Site", outputs.siteUrl);
  add("API", outputs.apiUrl);
  add(
    at(outputs, "compute", "kind") === "droplets" ? "Load balancer" : "App",
    at(outputs, "compute", "address"),
  );
  for (const [name, key] of [
    ["Postgres", "postgres"],
    ["Mongo", "mongo"],
    ["Cache", "cache"],
  ] as const) {
    const host = at(outputs, key, "host");
    if (typeof host === "string") add(name, `${host}:${at(outputs, key, "port")}`);
  }
  for (const [name, key] of [
    ["Documents", "documents"],
    ["Assets", "assets"],
  ] as const) {
    const bucket = at(outputs, key, "bucket");
    if (typeof bucket === "string") add(name, `${at(outputs, key, "endpoint")}, bucket ${bucket}`);
  }
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, address]) => `  ${name.padEnd(width)}  ${address}`);
  return `\n${lines.join("\n")}\n\n  ${NOTE}\n  Stop it with npm stop. For other clients: eval "$(npm run --silent local:env)"\n`;
}
