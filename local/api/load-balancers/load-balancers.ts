import * as z from "zod";
import { type Call, noContent, stateAt, storedTime, timestamp, transition } from "../../call.ts";
import { forbidden, unprocessable } from "../../errors.ts";
import { moveToProject, projectOf } from "../../relations.ts";
import { create, type Resource, resource, update } from "../../resource.ts";
import type { Saved } from "../../store.ts";
import { certificateNamed } from "../certificates.ts";
import { REGIONS } from "../datacenters.ts";
import { regionView } from "../regions.ts";
import { vpcFor } from "../vpcs.ts";
import { backendsOf } from "./backends.ts";
import { addressOf, follow } from "./follow.ts";
import { ForwardingRule, LoadBalancerInput } from "./input.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import { NODES, settingsOf } from "./requested.ts";

/** Seconds: 97 to 112 with the destroy (TF#104, TF#419). */
const CREATE_SECONDS = 100;
/** An estimate: the platform publishes none. Until then it holds its VPC and its certificates. */
const TEARDOWN_SECONDS = 10;
/** Once a minute (terraform-provider-digitalocean#937; the API description still says once an hour). */
const RESIZE_SECONDS = 60;

export const loadBalancers: Resource<LoadBalancer> = resource<LoadBalancer>({
  kind: "load balancer",
  path: "/v2/load_balancers",
  roots: ["load_balancer", "load_balancers"],
  urn: "loadbalancer",
  vpc: (balancer) => balancer.vpc_uuid,
  inProject: true,

  create: create({
    input: LoadBalancerInput,
    status: 202,
    make(input, call) {
      if (input.ip) throw unprocessable(`ip: ${input.ip} is no address that you brought to this account`);
      const type = input.type ?? "REGIONAL";
      const network = input.network ?? "EXTERNAL";
      const region = regionOf(type, input.region);
      const vpc = region && vpcFor(call, region, input.vpc_uuid, "vpc_uuid").id;
      return {
        type,
        network,
        network_stack: input.network_stack ?? "IPV4",
        ...(region && { region, vpc_uuid: vpc }),
        place: call.dataPlane.placeBalancer(loadBalancers.all(call).map(({ place }) => place)),
        change: transition("new", call.after(CREATE_SECONDS)),
        ...(call.fails && { fails: true as const }),
        sizedUntil: storedTime(call.after(RESIZE_SECONDS)),
        ...settingsOf({ ...input, type }, vpc, call),
      };
    },
    also: (balancer, _, call) => follow(call, balancer, undefined),
  }),

  update: { PUT: update({ input: LoadBalancerInput, apply: changed }) },

  remove: { seconds: TEARDOWN_SECONDS },
  view,
  row: (balancer, call) => ({
    state: stateOf(balancer, call),
    where: balancer.region ?? "global",
    address: addressOf(balancer),
    detail: `${balancer.size_unit} nodes, ${balancer.rules.map((rule) => `${rule.entry_protocol}:${rule.entry_port}`).join(" ")}, ${backendsOf(call, balancer).length} droplets`,
  }),
});

function regionOf(type: string, slug: string | undefined): string | undefined {
  if (type === "GLOBAL") return undefined; // refused by its rules when one is given
  if (!slug || !REGIONS.includes(slug))
    throw unprocessable(`region: ${slug || "none"} is not an available region`);
  return slug;
}

function changed(before: Saved<LoadBalancer>, input: LoadBalancerInput, call: Call): Saved<LoadBalancer> {
  if (stateOf(before, call) === "new")
    throw forbidden("Load Balancer can't be updated while it processes previous actions");
  for (const fixed of ["type", "region", "network", "network_stack", "vpc_uuid"] as const)
    if (input[fixed] && input[fixed] !== before[fixed]) throw unprocessable(`${fixed}: can not be changed`);
  const { glb_settings: _, ...rest } = before;
  const settings = settingsOf({ ...input, type: before.type }, before.vpc_uuid, call);
  const isResized = settings.size_unit !== before.size_unit;
  if (isResized && stateAt(call.now, { state: "busy", until: before.sizedUntil }, "") === "busy")
    throw unprocessable("size_unit: a load balancer can be resized once a minute");
  const after = {
    ...rest,
    ...settings,
    ...(isResized && { sizedUntil: storedTime(call.after(RESIZE_SECONDS)) }),
  };
  if (input.project_id) {
    if (!call.store.get("project", "", input.project_id))
      throw unprocessable(`project_id: project ${input.project_id} not found`);
    moveToProject(call, before.urn ?? "", input.project_id);
  }
  follow(call, after, before);
  return after;
}

const stateOf = ({ change, fails }: LoadBalancer, call: Call<unknown>): string =>
  stateAt(call.now, change, fails ? "errored" : "active");

function view(balancer: Saved<LoadBalancer>, call: Call): object {
  const {
    rules,
    domains,
    region,
    place: _,
    change: __,
    fails: ___,
    sizedUntil: ____,
    ...settings
  } = balancer;
  const { kind, parent, urn, createdAt, vpc_uuid, network, network_stack, ...facts } = settings;
  const isNew = stateOf(balancer, call) === "new";
  const withCertificate = <T extends { certificate?: string }>({ certificate, ...rest }: T) => ({
    ...rest,
    certificate_id: certificate === undefined ? "" : (certificateNamed(call, certificate)?.id ?? ""),
  });
  return {
    ...facts,
    // An address comes with the first node.
    ip: isNew ? "" : addressOf(balancer),
    ...(balancer.network_stack === "DUALSTACK" && { ipv6: isNew ? "" : `::ffff:${addressOf(balancer)}` }),
    size: (Object.entries(NODES).find(([, nodes]) => nodes === balancer.size_unit) ?? ["lb-small"])[0],
    status: stateOf(balancer, call),
    created_at: timestamp(createdAt),
    forwarding_rules: rules.map(withCertificate),
    // A global one has no network of its own.
    ...(region && { region: regionView(region), vpc_uuid, network, network_stack }),
    droplet_ids: backendsOf(call, balancer),
    project_id: projectOf(call, urn ?? ""),
    ...(domains.length > 0 && { domains: domains.map(withCertificate) }),
  };
}

const Droplets = z.object({ droplet_ids: z.array(z.int().min(1)).min(1) });
const Rules = z.object({ forwarding_rules: z.array(ForwardingRule).min(1) });

/** The balancer as a whole request of its own would have it, with `parts` instead of its own. */
function rewritten(call: Call, balancer: Saved<LoadBalancer>, parts: Partial<LoadBalancerInput>): void {
  const own = z.parse(LoadBalancerInput, { ...view(balancer, call), region: balancer.region });
  loadBalancers.save(call, changed(balancer, { ...own, ...parts }, call));
}

for (const method of ["POST", "DELETE"] as const) {
  loadBalancers.on(method, "/droplets", Droplets, (balancer, { droplet_ids: ids }, call) => {
    if (balancer.tag) throw unprocessable("droplets can not be assigned to a load balancer that has a tag");
    const others = balancer.droplet_ids.filter((id) => !ids.includes(id));
    rewritten(call, balancer, { droplet_ids: method === "POST" ? [...others, ...ids] : others });
    return noContent();
  });
  loadBalancers.on(method, "/forwarding_rules", Rules, (balancer, { forwarding_rules: rules }, call) => {
    const own = z.parse(Rules, view(balancer, call)).forwarding_rules;
    const same = (rule: ForwardingRule) => rules.some((other) => listens(rule) === listens(other));
    const kept = method === "POST" ? [...own, ...rules] : own.filter((rule) => !same(rule));
    rewritten(call, balancer, { forwarding_rules: kept });
    return noContent();
  });
}

const listens = (rule: ForwardingRule) =>
  [rule.entry_protocol, rule.entry_port, rule.target_protocol, rule.target_port].join(" ");

loadBalancers.on("DELETE", "/cache", z.unknown(), (balancer) => {
  if (!balancer.glb_settings?.cdn?.is_enabled) throw unprocessable("the load balancer has no cache");
  return noContent();
});
