import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { parse } from "yaml";
import { type Checkout, checkout } from "./checkout.ts";
import { change } from "./settings.ts";

const planted = "planted-token-of-droplets-7d1f0c";

interface CloudConfig {
  write_files: { path: string; permissions: string; content: string }[];
  runcmd: string[][];
}

/**
 * A droplet's first boot, as far as it goes without a droplet: its user data, as the API gives it to whoever asks, is unpacked into a
 * folder, and its own script fetches the key from the local Spaces and opens the variables. `ip` is replaced: routes belong to the machine.
 */
describe("a droplet at boot", () => {
  let it: Checkout;
  let userData: string;
  let config: CloudConfig;
  let egress: string;
  const droplet = mkdtempSync(join(tmpdir(), "breakwater-droplet-"));
  const inside = (path: string) => join(droplet, path);

  /** Runs the droplet's script with this address as its own. */
  const open = async (address: string) => {
    const env = {
      PATH: `${inside("bin")}:${process.env.PATH}`,
      ROOT: droplet,
      ADDRESS: address,
      RETRIES: "0",
      ROUTES: inside("routes"),
    };
    rmSync(inside("run"), { recursive: true, force: true });
    return promisify(execFile)("bash", [inside("/usr/local/sbin/breakwater-open")], { env }).then(
      () => "opened",
      (error: { stderr: string }) => error.stderr,
    );
  };

  before(async () => {
    it = await checkout();
    change(it.root, ["compute"], "droplets");
    assert.equal((await it.pulumi("stack", "init", "local")).code, 0);
    const path = "breakwater:secretEnv.TOKEN";
    assert.equal((await it.pulumiWith(planted, "config", "set", "--secret", "--path", path)).code, 0);
    const start = await it.npm("start");
    assert.equal(start.code, 0, start.output);
    const { compute } = JSON.parse((await it.pulumi("stack", "output", "--json")).stdout);
    const pool = await it.api("GET", `/v2/droplets/autoscale/${compute.id}`);
    type Pool = { autoscale_pool: { droplet_template: { user_data: string } } };
    userData = (pool.body as Pool).autoscale_pool.droplet_template.user_data;
    const gateways = await it.api("GET", "/v2/vpc_nat_gateways");
    type Gateways = { vpc_nat_gateways: { egresses: { public_gateways: { ipv4: string }[] } }[] };
    egress = (gateways.body as Gateways).vpc_nat_gateways[0]?.egresses.public_gateways[0]?.ipv4 ?? "";
    config = parse(userData);
    for (const { path: file, permissions, content } of config.write_files) {
      mkdirSync(dirname(inside(file)), { recursive: true });
      writeFileSync(inside(file), content, { mode: Number.parseInt(permissions, 8) });
    }
    mkdirSync(inside("bin"));
    writeFileSync(inside("bin/ip"), '#!/bin/sh\necho "$@" >> "$ROUTES"\n');
    chmodSync(inside("bin/ip"), 0o755);
  });
  after(async () => {
    rmSync(droplet, { recursive: true });
    await it.remove();
  });

  test("the user data is cloud-config without a secret, whose scripts are sound", () => {
    assert.match(userData, /^#cloud-config\n/);
    assert.ok(!userData.includes(planted));
    assert.doesNotMatch(userData, /postgresql:|mongodb\+srv:|rediss:/);
    for (const name of ["breakwater-open", "breakwater-run"])
      execFileSync("bash", ["-n", inside(`/usr/local/sbin/${name}`)]);
    assert.deepEqual(config.runcmd.at(-1), ["systemctl", "enable", "--now", "--no-block", "product.service"]);
  });

  test("whoever comes through the gateway gets the key, and the variables are those of the program", async () => {
    assert.match(egress, /^127\./);
    assert.equal(await open(egress), "opened");
    const script = 'set -a; . "$1"; exec env -0';
    const read = execFileSync("bash", ["-c", script, "-", inside("run/breakwater/env")], {
      env: {},
    }).toString();
    const variables = new Map(
      read.split("\0").map((each) => [each.split("=")[0], each.slice(each.indexOf("=") + 1)]),
    );
    const outputs = JSON.parse((await it.pulumi("stack", "output", "--json", "--show-secrets")).stdout);
    assert.equal(variables.get("TOKEN"), planted);
    assert.equal(variables.get("DATABASE_URL"), outputs.postgres.uri);
    assert.equal(variables.get("DATABASE_CA_CERT"), outputs.postgres.caCertificate);
    assert.equal(variables.get("MONGO_URL"), outputs.mongo.uri);
    assert.equal(variables.get("REDIS_URL"), outputs.cache.uri);
    assert.equal(variables.get("DOCUMENTS_SECRET_ACCESS_KEY"), outputs.documents.secretAccessKey);
    assert.equal(variables.get("PORT"), "8080");
    for (const left of ["key", "plain"]) assert.ok(!existsSync(inside(`run/breakwater/${left}`)), left);
    const routes = readFileSync(inside("routes"), "utf8");
    assert.match(routes, /^route replace default via 10\.\S+ table 100$/m);
    assert.match(
      routes,
      /rule del pref 99\nrule del pref 100\n$/,
      "the way through the gateway is closed again",
    );
  });

  test("nobody else gets the key", async () => {
    assert.match(await open("127.0.0.1"), /403/);
    assert.ok(!existsSync(inside("run/breakwater/env")));
  });
});
