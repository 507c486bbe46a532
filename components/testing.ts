import { mock } from "node:test";
import * as pulumi from "@pulumi/pulumi";

/** Runs components without an engine, and tells what they asked it for. */

/** A resource as it reached the engine. */
export interface Registered {
  type: string;
  name: string;
  /** Inputs with secrets taken out of their wrapping. */
  inputs: Record<string, unknown>;
  /** Paths of the inputs that arrived as secrets. */
  secrets: string[];
  parent: string;
  provider: string;
  protect: boolean | undefined;
  retainOnDelete: boolean | undefined;
  deletedWith: string;
  /** Undefined leaves it to the provider. */
  deleteBeforeReplace: boolean | undefined;
  dependencies: string[];
  ignoreChanges: string[];
  replaceOnChanges: string[];
  /** Outputs that the state must encrypt. */
  secretOutputs: string[];
  importId: string;
  timeouts: { create: string; update: string; delete: string };
}

export interface Recording<T> {
  result: T;
  resources: Registered[];
  /** What function calls asked for, by token. */
  calls: { token: string; inputs: Record<string, unknown> }[];
  warnings: string[];
  /** The one resource of this logical name. Fails when there is none. */
  named: (name: string) => Registered;
}

/** What the platform would answer, as far as components read it. */
const outputs: Record<string, (name: string) => Record<string, unknown>> = {
  "digitalocean:index/vpc:Vpc": () => ({ default: false }),
  "digitalocean:index/databaseCluster:DatabaseCluster": () => ({
    host: "public.example",
    privateHost: "private.example",
    privateUri: "mongodb+srv://doadmin:admin@private.example/admin?tls=true&authSource=admin&replicaSet=rs",
    port: 25060,
    user: "doadmin",
    password: "admin password/1",
  }),
  "digitalocean:index/databaseUser:DatabaseUser": (name) => ({ password: `password of ${name}` }),
  "digitalocean:index/databaseConnectionPool:DatabaseConnectionPool": () => ({
    privateHost: "pool.example",
    port: 25061,
  }),
  "digitalocean:index/vpcNatGateway:VpcNatGateway": () => ({
    vpcs: [{ vpcUuid: "vpc", gatewayIp: "10.0.0.9" }],
    egresses: [{ publicGateways: [{ ipv4: "203.0.113.9" }] }],
  }),
  "digitalocean:index/loadBalancer:LoadBalancer": () => ({ ip: "203.0.113.80" }),
  "digitalocean:index/sshKey:SshKey": () => ({
    fingerprint: "00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff",
  }),
  "digitalocean:index/certificate:Certificate": (name) => ({ name: `${name}-abc1234` }),
  "digitalocean:index/app:App": () => ({
    liveUrl: "https://api.example",
    defaultIngress: "https://api.example",
  }),
  "digitalocean:index/spacesBucket:SpacesBucket": (name) => ({
    bucketUrn: `do:space:${name}`,
    bucketDomainName: `${name}.example`,
  }),
  "digitalocean:index/spacesKey:SpacesKey": (name) => ({
    accessKey: `id of ${name}`,
    secretKey: `secret of ${name}`,
  }),
  "digitalocean:index/cdn:Cdn": (name) => ({ endpoint: `${name}.cdn.example` }),
  "random:index/randomId:RandomId": () => ({ hex: "0a1b2c3d" }),
  "random:index/randomPassword:RandomPassword": (name) => ({ result: `result of ${name}` }),
};

/** Runs `build` against a recording engine and waits until everything it registered has arrived. */
export async function record<T>(
  build: () => T | Promise<T>,
  {
    calls: answers = {},
    state = {},
  }: { calls?: Record<string, object>; state?: Record<string, object> } = {},
): Promise<Recording<T>> {
  const calls: Recording<T>["calls"] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, id }) => ({
        id: id || `${name}-id`,
        state: { ...inputs, ...outputs[type]?.(name), ...state[type] },
      }),
      call: ({ token, inputs }) => {
        calls.push({ token, inputs });
        return { ...inputs, ...answers[token] };
      },
    },
    "project",
    "stack",
  );
  const monitor = pulumi.runtime.getMonitor();
  if (!monitor) throw new Error("the mocks have no monitor");
  const resources: Registered[] = [];
  const register = monitor.registerResource.bind(monitor);
  const recorder: { registerResource: (...args: Parameters<typeof register>) => unknown } = monitor;
  recorder.registerResource = (...args) => {
    resources.push(registered(args[0]));
    return register(...args);
  };
  const warn = mock.method(console, "warn", () => {});
  try {
    const result = await build();
    await pulumi.runtime.disconnect();
    return {
      result,
      resources,
      calls,
      warnings: warn.mock.calls.map((call) => String(call.arguments[0])),
      named: (name) => {
        const found = resources.filter((resource) => resource.name === name);
        const [only] = found;
        if (!only || found.length > 1)
          throw new Error(`${found.length} called ${name}, among ${resources.map((r) => r.name).join(", ")}`);
        return only;
      },
    };
  } finally {
    warn.mock.restore();
  }
}

type Request = Parameters<NonNullable<ReturnType<typeof pulumi.runtime.getMonitor>>["registerResource"]>[0];

function registered(request: Request): Registered {
  const secrets: string[] = [];
  const inputs = unwrap(request.getObject()?.toJavaScript() ?? {}, "", secrets);
  const timeouts = request.getCustomtimeouts();
  return {
    type: request.getType(),
    name: request.getName(),
    inputs: inputs as Record<string, unknown>,
    secrets,
    parent: request.getParent(),
    provider: request.getProvider(),
    protect: request.getProtect(),
    retainOnDelete: request.getRetainondelete(),
    deletedWith: request.getDeletedwith(),
    deleteBeforeReplace: request.getDeletebeforereplacedefined()
      ? request.getDeletebeforereplace()
      : undefined,
    dependencies: request.getDependenciesList().map((urn: string) => urn.split("::").at(-1) ?? ""),
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    secretOutputs: request.getAdditionalsecretoutputsList(),
    importId: request.getImportid(),
    timeouts: {
      create: timeouts?.getCreate() ?? "",
      update: timeouts?.getUpdate() ?? "",
      delete: timeouts?.getDelete() ?? "",
    },
  };
}

const signature = "4dabf18193072939515e22adb298388d";

/** Takes values out of the engine's wrapping, and notes where secrets were. */
function unwrap(value: unknown, path: string, secrets: string[]): unknown {
  if (Array.isArray(value)) return value.map((item, index) => unwrap(item, `${path}[${index}]`, secrets));
  if (typeof value !== "object" || value === null) return value;
  if (signature in value && "value" in value) {
    secrets.push(path);
    return unwrap(value.value, path, secrets);
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, unwrap(item, path ? `${path}.${key}` : key, secrets)]),
  );
}

/** The value of an output, and whether it is secret. */
export async function resolved<T>(output: pulumi.Output<T>): Promise<{ value: T; secret: boolean }> {
  const secret = await pulumi.isSecret(output);
  return new Promise((resolve) => output.apply((value) => resolve({ value, secret })));
}
