import type { Cloud } from "./cloud.ts";
import type { Outputs } from "./health.ts";
import { at } from "./json.ts";
import type { Server } from "./servers.ts";

/** The table of addresses that `npm start` ends with. It holds no secret. */
export function addresses(cloud: Cloud, outputs: Outputs, servers: readonly Server[]): string {
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
  const notes = notesOn(outputs, servers).map((note) => `  ${note}\n`);
  return `\n${lines.join("\n")}\n\n${notes.join("")}  Stop it with npm stop. For other clients: eval "$(npm run --silent local:env)"\n`;
}

/** Who calls these addresses should know which of them nobody answers at, and why. */
function notesOn(outputs: Outputs, servers: readonly Server[]): string[] {
  const notes: string[] = [];
  const site = at(outputs, "siteUrl");
  if (typeof site === "string" && !/\/\/(127\.|localhost)/.test(site))
    notes.push(
      `${new URL(site).host} is in no DNS that this machine asks: its zone is at the local cloud alone.`,
    );
  if (at(outputs, "compute", "kind") === "droplets")
    notes.push(
      "Droplets and their load balancer exist at the API alone: nothing answers at their addresses.",
    );
  const unserved = servers.filter(({ state }) => state !== "serving");
  const unexplained = unserved.filter(({ why }) => why === undefined);
  for (const { name, why } of unserved) if (why !== undefined) notes.push(`${name} is not served: ${why}`);
  if (unexplained.length > 0)
    notes.push(`No server stands behind ${unexplained.map(({ name }) => name).join(", ")}.`);
  return notes;
}
