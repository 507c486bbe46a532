import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  CLUSTER,
  type Client,
  cloudFor,
  DROPLET,
  KEYS,
  type Made,
  onlineCluster,
  SERVICE,
} from "./testing.ts";

type Project = { id: string; resources: Set<string> };

/** What should exist, by what the cloud acknowledged. */
interface Model {
  vpcs: Set<string>;
  projects: Project[];
  /** Clusters and apps, by URN. */
  members: Map<string, { path: string; vpc: string; project: string; children: Set<string> }>;
}

type Step = (cloud: Client, model: Model) => Promise<void>;
type Pick = <T>(items: Iterable<T>) => T | undefined;

let serial = 0;
const name = (kind: string) => `${kind}-${++serial}`;

const steps: Record<string, (pick: Pick) => Step> = {
  createVpc: () => async (cloud, model) => {
    model.vpcs.add((await cloud.make("/v2/vpcs", { name: name("vpc"), region: "nyc1" })).id);
  },
  createProject: () => async (cloud, model) => {
    const { id } = await cloud.make("/v2/projects", { name: name("project"), purpose: "x" });
    model.projects.push({ id, resources: new Set() });
  },
  createCluster: (pick) => async (cloud, model) => {
    const vpc = pick(model.vpcs);
    const project = pick(model.projects);
    const made = await cloud.make("/v2/databases", {
      ...CLUSTER,
      region: "nyc1",
      name: name("cluster"),
      private_network_uuid: vpc ?? "",
      project_id: project?.id ?? "",
    });
    const urn = `do:dbaas:${made.id}`;
    project?.resources.add(urn);
    const children = new Set<string>();
    for (const [path, body] of [
      ["users", { name: "app" }],
      ["dbs", { name: "orders" }],
      ["pools", { name: "pool", mode: "transaction", size: 3, db: "orders", user: "app" }],
    ] as const) {
      await cloud.make(`/v2/databases/${made.id}/${path}`, body);
      children.add(`/v2/databases/${made.id}/${path}/${body.name}`);
    }
    model.members.set(urn, {
      path: `/v2/databases/${made.id}`,
      vpc: String(made.private_network_uuid),
      project: project?.id ?? "",
      children,
    });
  },
  createApp: (pick) => async (cloud, model) => {
    const vpc = pick(model.vpcs);
    const project = pick(model.projects);
    const spec = { name: name("app"), region: "nyc", services: [SERVICE], ...(vpc && { vpc: { id: vpc } }) };
    const { id } = await cloud.make("/v2/apps", { spec, project_id: project?.id ?? "" });
    const urn = `do:app:${id}`;
    project?.resources.add(urn);
    model.members.set(urn, {
      path: `/v2/apps/${id}`,
      vpc: vpc ?? "",
      project: project?.id ?? "",
      children: new Set(),
    });
  },
  moveToProject: (pick) => async (cloud, model) => {
    const urn = pick(model.members.keys());
    const project = pick(model.projects);
    const member = urn === undefined ? undefined : model.members.get(urn);
    if (urn === undefined || member === undefined || project === undefined) return;
    assert.equal(
      (await cloud.post(`/v2/projects/${project.id}/resources`, { resources: [urn] })).status,
      200,
    );
    for (const other of model.projects) other.resources.delete(urn);
    project.resources.add(urn);
    member.project = project.id;
  },
  deleteMember: (pick) => async (cloud, model) => {
    const urn = pick(model.members.keys());
    const member = urn === undefined ? undefined : model.members.get(urn);
    if (urn === undefined || member === undefined) return;
    assert.ok((await cloud.delete(member.path)).status < 300);
    model.members.delete(urn);
    for (const project of model.projects) project.resources.delete(urn);
    for (const child of member.children) assert.equal((await cloud.get(child)).status, 404, child);
  },
  deleteVpc: (pick) => async (cloud, model) => {
    const vpc = pick(model.vpcs);
    if (vpc === undefined) return;
    const isHeld = [...model.members.values()].some((member) => member.vpc === vpc);
    assert.equal((await cloud.delete(`/v2/vpcs/${vpc}`)).status, isHeld ? 403 : 204);
    if (!isHeld) model.vpcs.delete(vpc);
  },
  deleteProject: (pick) => async (cloud, model) => {
    const project = pick(model.projects);
    if (!project) return;
    const { status, body } = await cloud.delete<{ message: string } | undefined>(
      `/v2/projects/${project.id}`,
    );
    assert.equal(status, project.resources.size > 0 ? 412 : 204);
    if (status === 412) assert.match(body?.message ?? "", /cannot delete a project with resources/);
    else model.projects.splice(model.projects.indexOf(project), 1);
  },
};

async function agree(cloud: Client, model: Model): Promise<void> {
  for (const [urn, member] of model.members) {
    assert.equal((await cloud.get(member.path)).status, 200);
    for (const child of member.children) assert.equal((await cloud.get(child)).status, 200, child);
    if (member.vpc === "") continue;
    const { body } = await cloud.get<{ members: { urn: string }[] }>(
      `/v2/vpcs/${member.vpc}/members?per_page=200`,
    );
    assert.ok(
      body.members.some((found) => found.urn === urn),
      `${urn} is a member of its VPC`,
    );
  }
  for (const project of model.projects) {
    const { body } = await cloud.get<{ resources: { urn: string }[] }>(
      `/v2/projects/${project.id}/resources?per_page=200`,
    );
    assert.deepEqual(new Set(body.resources.map((found) => found.urn)), project.resources);
  }
}

test("no sequence of changes breaks what holds between objects", async (t) => {
  const cloud = await cloudFor(t);
  const step = fc.tuple(fc.constantFrom(...Object.keys(steps)), fc.nat());
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (sequence) => {
      await cloud.post("/_local/reset");
      const model: Model = { vpcs: new Set(), projects: [], members: new Map() };
      for (const [kind, choice] of sequence) {
        const pick: Pick = (items) => {
          const all = [...items];
          return all[choice % (all.length || 1)];
        };
        await steps[kind]?.(pick)(cloud, model);
      }
      await agree(cloud, model);
    }),
    { numRuns: 15 },
  );
});

test("a cluster stays a member of its VPC until it is gone, though no read finds it any more", async (t) => {
  const cloud = await cloudFor(t, { timeScale: 0.002 }); // its minute of teardown takes 120 ms
  const held = await cloud.make("/v2/vpcs", { name: "held", region: "fra1" });
  const stuck = await onlineCluster(cloud, "orders", { private_network_uuid: held.id });
  await cloud.post("/_local/faults", {
    method: "DELETE",
    path: "/v2/databases/*",
    times: 1,
    effect: { kind: "stall" },
  });
  assert.equal((await cloud.delete(`/v2/databases/${stuck.id}`)).status, 204);
  assert.equal((await cloud.get(`/v2/databases/${stuck.id}`)).status, 404);
  assert.equal((await cloud.delete(`/v2/databases/${stuck.id}`)).status, 404);
  assert.equal((await cloud.delete(`/v2/vpcs/${held.id}`)).status, 403);

  const vpc = await cloud.make("/v2/vpcs", { name: "net", region: "fra1" });
  const cluster = await onlineCluster(cloud, "orders", { private_network_uuid: vpc.id }); // the name is free at once
  assert.equal((await cloud.delete(`/v2/databases/${cluster.id}`)).status, 204);
  let status = 0;
  do ({ status } = await cloud.delete(`/v2/vpcs/${vpc.id}`));
  while (status === 403);
  assert.equal(status, 204);
});

test("after everything is destroyed the account is as a new one", async (t) => {
  const cloud = await cloudFor(t);
  const lists = [
    "/v2/vpcs?per_page=200",
    "/v2/projects",
    "/v2/databases",
    "/v2/apps",
    "/v2/droplets",
    "/v2/droplets/autoscale",
    "/v2/firewalls",
    "/v2/account/keys",
    "/v2/images?private=true",
    "/v2/vpc_peerings",
    "/v2/vpc_nat_gateways",
    "/v2/reserved_ips",
    "/v2/tags",
    "/v2/projects/default/resources",
  ];
  const state = async () => Promise.all(lists.map(async (path) => (await cloud.get(path)).body));
  const before = await state();
  const vpc = await cloud.make("/v2/vpcs", { name: "net", region: "fra1" });
  const project = await cloud.make<Made>("/v2/projects", { name: "p", purpose: "x" });
  const cluster = await onlineCluster(cloud, "orders", {
    private_network_uuid: vpc.id,
    project_id: project.id,
    tags: ["blue"],
  });
  const app = await cloud.make("/v2/apps", {
    spec: { name: "shop", region: "fra", services: [SERVICE], vpc: { id: vpc.id } },
    project_id: project.id,
  });
  const key = await cloud.make("/v2/account/keys", { name: "key", ...KEYS[0] });
  const pool = await cloud.make("/v2/droplets/autoscale", {
    name: "web",
    config: { target_number_instances: 2 },
    droplet_template: {
      ...DROPLET,
      ssh_keys: [key.id],
      tags: ["blue"],
      vpc_uuid: vpc.id,
      project_id: project.id,
    },
  });
  const firewall = await cloud.make("/v2/firewalls", {
    name: "web",
    tags: ["blue"],
    inbound_rules: [{ protocol: "tcp", ports: "80", sources: { addresses: ["10.0.0.0/8"] } }],
  });
  const data = await cloud.make("/v2/vpcs", { name: "data", region: "fra1" });
  const peering = await cloud.make("/v2/vpc_peerings", { name: "p", vpc_ids: [vpc.id, data.id] });
  const gateway = await cloud.make("/v2/vpc_nat_gateways", {
    name: "out",
    type: "PUBLIC",
    region: "fra1",
    size: 1,
    vpcs: [{ vpc_uuid: vpc.id }],
    project_id: project.id,
  });
  for (const path of [
    `/v2/firewalls/${firewall.id}`,
    `/v2/droplets/autoscale/${pool.id}/dangerous`,
    `/v2/vpc_nat_gateways/${gateway.id}`,
    `/v2/vpc_peerings/${peering.id}`,
    `/v2/account/keys/${key.id}`,
    `/v2/vpcs/${data.id}`,
    `/v2/apps/${app.id}`,
    `/v2/databases/${cluster.id}`,
    `/v2/projects/${project.id}`,
    `/v2/vpcs/${vpc.id}`,
    "/v2/tags/blue",
  ])
    assert.ok((await cloud.delete(path)).status < 300, path);
  assert.deepEqual(await state(), before);
});
