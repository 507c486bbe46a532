import { randomInt } from "node:crypto";
import * as z from "zod";
import { type Call, timestamp } from "../../call.ts";
import { badRequest, conflict } from "../../errors.ts";
import { newId, projectOf } from "../../relations.ts";
import { create, type Resource, resource, update } from "../../resource.ts";
import type { Saved } from "../../store.ts";
import { ACCOUNT } from "../account.ts";
import { addressIn, privateRange } from "../networks.ts";
import { vpcs } from "../vpcs.ts";
import { followAlerts } from "./alerts.ts";
import { DEFAULT_REGION, findRegion } from "./catalog.ts";
import { addressOf, primaryDomain } from "./places.ts";
import { refuseBrokenRules, withDefaults } from "./rules.ts";
import { sealed } from "./secrets.ts";
import { Spec } from "./spec.ts";
import { deploymentView, isUnderWay, startDeployment, tierOf, timeline } from "./timeline.ts";
import { withZoneRecords } from "./zone-records.ts";

export interface AppDomain {
  id: string;
  domain: string;
  /** What App Platform wrote for it into a zone of the account. */
  record?: { zone: string; id: string };
}

export interface App {
  spec: Spec;
  /** Milliseconds since the epoch. */
  updated: number;
  /** Where the data plane serves it. */
  url: string;
  domains: AppDomain[];
  /** Its addresses inside the VPC: what a database in the VPC has to trust. */
  egress_ips?: string[];
  dedicated_ips?: { id: string; ip: string }[];
  /** The deployment that a rollback holds it at. */
  pinned?: string;
}

/** A spec in a request: nulls stand for what is left out. */
export const SpecInput = z.preprocess(
  (spec) => JSON.parse(JSON.stringify(spec, (_, value) => value ?? undefined) ?? "null"),
  Spec,
);

export const apps: Resource<App> = resource<App>({
  kind: "app",
  path: "/v2/apps",
  roots: ["app", "apps"],
  urn: "app",
  nameTaken: (name) => conflict(`app name ${name} already exists`),
  vpc: (app) => app.spec.vpc?.id,
  inProject: true,
  invalid: badRequest,

  create: create({
    input: z.object({ spec: SpecInput }),
    status: 200,
    make: ({ spec }, call) => ({
      name: spec.name,
      url: call.dataPlane.placeApp(apps.all(call).map((app) => app.url)),
      ...bodyOf(checked(spec, call), undefined, call),
    }),
    also(app, _, call) {
      startDeployment(call, app.id, app.spec, "initial deployment");
      followAlerts(call, app.id, app.spec);
      call.store.update(withZoneRecords(call, app, []));
    },
  }),

  update: {
    PUT: update({
      input: z.object({ spec: SpecInput }),
      apply: (app, { spec }, call) => redeploy(call, app, checked(spec, call), "app spec updated"),
    }),
  },

  remove: {
    reply: (app) => ({ id: app.id }),
    also: (app, call) => {
      withZoneRecords(call, { ...app, domains: [] }, app.domains);
    },
  },

  view(app, call) {
    const moments = timeline(call, app.id);
    const view = (moment: (typeof moments)[number] | undefined) => moment && deploymentView(moment);
    const active = moments.find(({ phase }) => phase === "ACTIVE");
    const latest = moments[0];
    const { host } = new URL(app.url);
    const primary = primaryDomain(app.spec);
    return {
      id: app.id,
      owner_uuid: ACCOUNT.uuid,
      spec: app.spec,
      default_ingress: app.url,
      created_at: timestamp(app.createdAt),
      updated_at: timestamp(app.updated),
      active_deployment: view(active),
      in_progress_deployment: view(
        moments.find(({ phase }) => isUnderWay(phase) && phase !== "PENDING_BUILD"),
      ),
      pending_deployment: view(moments.find(({ phase }) => phase === "PENDING_BUILD")),
      pinned_deployment: view(moments.find(({ deployment }) => deployment.id === app.pinned)),
      last_deployment_created_at: latest && timestamp(latest.deployment.createdAt),
      last_deployment_active_at: active && timestamp(active.deployment.until ?? active.deployment.createdAt),
      region: findRegion(app.spec.region ?? DEFAULT_REGION),
      tier_slug: tierOf(app.spec),
      // What is not live yet has no address.
      ...(active && {
        live_url: addressOf(app, app.spec),
        live_url_base: app.url,
        live_domain: primary ?? host,
      }),
      domains: app.domains.map(({ id, domain }) => ({
        id,
        phase: phaseOf(app, domain, active !== undefined),
        spec: app.spec.domains?.find((known) => known.domain === domain),
      })),
      project_id: projectOf(call, app.urn ?? ""),
      ...(app.egress_ips && {
        vpc: { id: app.spec.vpc?.id, egress_ips: app.egress_ips.map((ip) => ({ ip })) },
      }),
      dedicated_ips: app.dedicated_ips?.map((address) => ({
        ...address,
        status: active ? "ASSIGNED" : "ASSIGNING",
      })),
    };
  },

  row(app, call) {
    const [latest] = timeline(call, app.id);
    return {
      state: latest?.phase.toLowerCase(),
      where: app.spec.region,
      address: app.url,
      detail: latest?.deployment.cause,
    };
  },
});

/** A domain is there once its app is; one whose record could not be written never is. */
function phaseOf({ spec, domains }: App, name: string, isLive: boolean): string {
  const isManaged = spec.domains?.some(({ domain, zone }) => domain === name && zone);
  const isWritten = domains.some(({ domain, record }) => domain === name && record);
  if (isManaged && !isWritten) return "ERROR";
  return isLive ? "ACTIVE" : "CONFIGURING";
}

/** A spec that keeps every rule, with defaults and with its secrets encrypted. */
function checked(spec: Spec, call: Call): Spec {
  refuseBrokenRules(spec, call);
  return sealed(withDefaults(spec), call.vault);
}

/** Gives `app` a spec and deploys it. */
export function redeploy(call: Call, app: Saved<App>, spec: Spec, cause: string): Saved<App> {
  const { egress_ips: _ips, dedicated_ips: _dedicated, pinned: _pinned, ...rest } = app;
  startDeployment(call, app.id, spec, cause);
  followAlerts(call, app.id, spec);
  return withZoneRecords(call, { ...rest, name: spec.name, ...bodyOf(spec, app, call) }, app.domains);
}

/** What follows from a spec; addresses that an app has, it keeps. */
function bodyOf(spec: Spec, before: Saved<App> | undefined, call: Call): Omit<App, "url"> {
  const { vpc, ...others } = spec;
  const inSameVpc = before?.spec.vpc?.id === vpc?.id ? before?.egress_ips : undefined;
  return {
    spec: vpc ? { ...others, vpc: { id: vpc.id } } : others,
    updated: call.now,
    domains: (spec.domains ?? []).map(
      ({ domain }) => before?.domains.find((known) => known.domain === domain) ?? { id: newId(), domain },
    ),
    ...(vpc && { egress_ips: inSameVpc ?? egressIps(call, vpc.id) }),
    ...(spec.egress?.type === "DEDICATED_IP" && { dedicated_ips: before?.dedicated_ips ?? dedicatedIps() }),
  };
}

/** Two addresses of the VPC that no other app has, behind the ten that the platform keeps at its start. */
function egressIps(call: Call, vpcId: string): string[] {
  const range = privateRange(vpcs.must(call, vpcId, "").ip_range);
  if (!range) throw new Error(`VPC ${vpcId} has no range`);
  const taken = new Set(
    apps.all(call).flatMap((app) => (app.spec.vpc?.id === vpcId ? (app.egress_ips ?? []) : [])),
  );
  const free: string[] = [];
  for (let place = 10; free.length < 2 && place < range.size; place++) {
    const address = addressIn(range, place);
    if (!taken.has(address)) free.push(address);
  }
  return free;
}

/** Two addresses of TEST-NET-3 (RFC 5737), which no real host has. */
const dedicatedIps = () => [0, 1].map(() => ({ id: newId(), ip: `203.0.113.${randomInt(1, 255)}` }));
