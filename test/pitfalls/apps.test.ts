import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudForTests } from "../conformance/cloud.ts";
import { fresh, network, plan, write } from "./program.ts";

/** What goes wrong with apps, met by the components. docs/pitfalls.md has the list. */

const cloud = await cloudForTests();

const app = (more = ""): string => `
const app = new components.AppPlatform("api", {
  appName: "shop-api", region: "fra1", vpcId, instanceSize: "apps-s-1vcpu-1gb", instances: 1,
  image: { registryType: "DOCR", repository: "shop", tag: "v1" }, port: 8080, healthPath: "/healthz", ${more} }, opts);`;

test("an app is attached to its VPC, and the attachment is no change afterwards", async (t) => {
  const stack = await fresh(t, cloud);
  write(stack, network + app());
  await stack.up();
  const [{ id }, vpc] = [await stack.resource("api-app"), await stack.resource("network-vpc")];
  assert.partialDeepStrictEqual(await cloud.call("GET", `/v2/apps/${id}`), {
    app: { spec: { region: "fra", vpc: { id: vpc.id } } },
  });
  await stack.refresh();
  assert.deepEqual(await plan(stack), {});
});

test("alerts have their destinations, also when the first deployment had failed", async (t) => {
  const stack = await fresh(t, cloud);
  const { account } = await cloud.call<{ account: { email: string } }>("GET", "/v2/account");
  write(stack, network + app(`alerts: { emails: ["${account.email}"] },`));
  await cloud.fault({ method: "POST", path: "/v2/apps", times: 1, effect: { kind: "fail" } });
  const { code } = await stack.tryUp();
  assert.notEqual(code, 0);
  await stack.up();
  const { id } = await stack.resource("api-app");
  const { alerts } = await cloud.call<{ alerts: { spec: { rule: string }; emails?: string[] }[] }>(
    "GET",
    `/v2/apps/${id}/alerts`,
  );
  assert.ok(alerts.some(({ spec }) => spec.rule === "DEPLOYMENT_FAILED"));
  for (const { emails, spec } of alerts) assert.deepEqual(emails, [account.email], spec.rule);
});
