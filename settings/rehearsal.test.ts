import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "../settings.ts";
import { rehearsalOf } from "./rehearsal.ts";
import { readStackFile } from "./stack-file.ts";

const id = "9cc10173-e9ea-4176-9dbc-a4cee4c4ff30";
const text = `
config:
  breakwater:environment: prod
  breakwater:compute: droplets
  breakwater:app: { image: { registryType: GHCR, registry: us, repository: api, tag: v1 } }
  breakwater:network: { vpcId: ${id} }
  breakwater:project: { import: ${id} }
  breakwater:domain: { name: example.com, ownership: existing }
  breakwater:droplets: { sshKeys: ["3b:16:bf:e4:8b:00:8b:b8:59:8c:a9:d3:f0:19:45:fa"] }
  breakwater:secretEnv: { MAIL_API_KEY: { secure: AAAB } }
  pulumi:disable-default-providers: [digitalocean]
  policies:levels: { app-log-forwarding: mandatory }
  digitalocean:apiEndpoint: https://api.digitalocean.com
  digitalocean:token: { secure: AAAB }
`;

test("what only the real account has is made, left out or replaced, and said to be", () => {
  const { config, secrets, altered, needs } = rehearsalOf(readStackFile(text), "fra1");
  assert.equal(config["breakwater:rehearsal"], true);
  assert.deepEqual(config["breakwater:project"], {});
  assert.deepEqual(
    altered.map((line) => line.split(/[: ]/)[0]),
    ["rehearsal", "network.vpcId", "project.import", "domain.ownership", "droplets.sshKeys"],
  );
  assert.deepEqual(
    needs.map(({ kind }) => kind),
    ["vpc", "zone"],
  );
  for (const need of needs) if (need.kind === "vpc") need.use("made");
  assert.deepEqual(config["breakwater:network"], { vpcId: "made" });
  assert.deepEqual([...secrets], [["breakwater:secretEnv.MAIL_API_KEY", "placeholder"]]);
});

test("it reaches no other API than its own, uses no token of the stack, and is judged by the stack's policies", () => {
  const { config } = rehearsalOf(readStackFile(text), "fra1");
  const others = Object.entries(config).filter(([key]) => !key.startsWith("breakwater:"));
  assert.deepEqual(Object.fromEntries(others), {
    "pulumi:disable-default-providers": ["digitalocean"],
    "policies:levels": { "app-log-forwarding": "mandatory" },
  });
});

test("what it brings up are settings that can be used, on this machine alone", () => {
  const { config } = rehearsalOf(readStackFile(text), "fra1");
  const settings = Object.entries(config).filter(([key]) => key.startsWith("breakwater:"));
  const raw = Object.fromEntries(settings.map(([key, value]) => [key.slice("breakwater:".length), value]));
  const at = (apiEndpoint?: string) =>
    parse({ config: raw, secretKeys: ["secretEnv"], apiEndpoint }).problems;
  assert.deepEqual(at("http://127.0.0.1:7480"), undefined);
  assert.match(at()?.[0]?.allowed ?? "", /must be on this machine/);
});

test("the stack file's own settings stay as they are", () => {
  const file = readStackFile(text);
  const before = structuredClone(file.raw.config);
  rehearsalOf(file, "fra1");
  assert.deepEqual(file.raw.config, before);
});
