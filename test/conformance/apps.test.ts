import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudForTests } from "./cloud.ts";
import { Secret, stackFor } from "./stack.ts";

const cloud = await cloudForTests();

const image = '{ registryType: "DOCKER_HUB", registry: "library", repository: "nginx", tag: "1" }';
const app = (name: string, envs: string, more = "", options = "cloud"): string => `
  const app = new digitalocean.App("app", { spec: { name: "${name}", region: "ams",
    services: [{ name: "api", image: ${image}, httpPort: 8080, instanceSizeSlug: "apps-s-1vcpu-1gb",
      healthCheck: { httpPath: "/healthz" }, envs: [${envs}] ${more} }] } }, ${options});
  export const url = app.liveUrl;`;
const secret = (value: string): string =>
  `{ key: "SECRET_KEY", type: "SECRET", scope: "RUN_TIME", value: pulumi.secret("${value}") }`;
const plain = '{ key: "LEVEL", type: "GENERAL", value: "info" }';

interface Spec {
  readonly services: readonly {
    readonly envs: readonly { readonly key: string; readonly value: string }[];
  }[];
}

test("secret variables: encrypted at the platform and in the state, rotated beside an inserted one", async (t) => {
  const stack = await stackFor(t, cloud);
  stack.program(app("sealed", secret("known-secret-one")));
  const shown = await stack.run(["preview", "--diff"]);
  assert.ok(!shown.includes("known-secret-one"), "a preview shows no secret");
  await stack.up();
  assert.deepEqual(await stack.preview(), []);
  assert.ok(!stack.stored().includes("known-secret-one"));
  const { id, outputs } = await stack.resource("app");
  assert.ok(
    JSON.stringify(outputs.spec, (_, value) => (value instanceof Secret ? "sealed" : value)).includes(
      "sealed",
    ),
  );
  const envs = async () => {
    const { app: found } = await cloud.call<{ app: { spec: Spec } }>("GET", `/v2/apps/${id}`);
    return found.spec.services[0]?.envs ?? [];
  };
  assert.match((await envs())[0]?.value ?? "", /^EV\[1:/);

  stack.program(app("sealed", `${plain}, ${secret("known-secret-two")}`));
  const [step] = await stack.preview();
  assert.equal(step?.op, "update");
  assert.ok(Object.keys(step?.changes ?? {}).every((path) => path.startsWith("spec.services[0].envs")));
  await stack.up();
  const after = await envs();
  assert.equal(after.find(({ key }) => key === "LEVEL")?.value, "info");
  assert.match(after.find(({ key }) => key === "SECRET_KEY")?.value ?? "", /^EV\[1:/);
  assert.deepEqual(await stack.preview(), []);
  assert.ok(!stack.stored().includes("known-secret-two"));
});

test("one variable without a type and the state takes the encrypted text of all: the next preview has a change", async (t) => {
  const stack = await stackFor(t, cloud);
  stack.program(app("untyped", `${secret("known-secret-one")}, { key: "LEVEL", value: "info" }`));
  await stack.up();
  assert.partialDeepStrictEqual(await stack.preview(), [{ op: "update", name: "app" }]);
});

test("ignoreChanges inside a list holds what was, and nothing else", async (t) => {
  const stack = await stackFor(t, cloud);
  const counted = (count: number, port: number): string =>
    app(
      "steady",
      "",
      `, instanceCount: ${count}`,
      '{ ...cloud, ignoreChanges: ["spec.services[0].instanceCount"] }',
    ).replace("8080", `${port}`);
  stack.program(counted(1, 8080));
  await stack.up();
  stack.program(counted(3, 8080));
  assert.deepEqual(await stack.preview(), []);
  stack.program(counted(3, 9090));
  assert.partialDeepStrictEqual(await stack.preview(), [
    { op: "update", changes: { "spec.services[0].httpPort": "update" } },
  ]);
  await stack.up();
  const { id } = await stack.resource("app");
  assert.partialDeepStrictEqual(await cloud.call("GET", `/v2/apps/${id}`), {
    app: { spec: { services: [{ http_port: 9090, instance_count: 1 }] } },
  });
});

test("a first deployment that fails leaves the app in the state, and the next update mends it", async (t) => {
  const stack = await stackFor(t, cloud);
  await cloud.fault({
    method: "GET",
    path: "/v2/apps/*/deployments/*",
    effect: { kind: "status", status: 422 },
  });
  stack.program(app("mended", plain));
  const failed = await stack.tryUp();
  await cloud.clearFaults();
  assert.notEqual(failed.code, 0);
  const { id, initErrors } = await stack.resource("app");
  assert.equal(initErrors?.length, 1);
  await stack.up();
  const mended = await stack.resource("app");
  assert.equal(mended.id, id);
  assert.equal(mended.initErrors, undefined);
  assert.match(String((await stack.outputs()).url), /^http/);
});
