import * as z from "zod";
import { type Call, ok, type Route, timestamp } from "../../call.ts";
import { notFound } from "../../errors.ts";
import { parse } from "../../input.ts";
import { newId } from "../../relations.ts";
import type { Saved } from "../../store.ts";
import { ACCOUNT } from "../account.ts";
import { componentsOf, type Spec } from "./spec.ts";
import type { Alert } from "./spec-parts.ts";

/** An alert that a spec asks for, with where it goes: the one part of an app that lies outside its spec. */
interface AppAlert {
  /** "" for one of the app as a whole. */
  component: string;
  spec: Alert;
  emails: string[];
  slack_webhooks: { url: string; channel: string }[];
}

const ALERT = "app alert";

/** Brings an app's alerts in line with its spec; one that stays keeps its id and destinations. */
export function followAlerts(call: Call<unknown>, app: string, spec: Spec): void {
  const wanted = [
    ...(spec.alerts ?? []).map((alert) => ({ component: "", spec: alert })),
    ...componentsOf(spec).flatMap(({ component }) =>
      (component.alerts ?? []).map((alert) => ({ component: component.name, spec: alert })),
    ),
  ];
  const same = (a: { component: string; spec: Alert }, b: { component: string; spec: Alert }) =>
    a.component === b.component && a.spec.rule === b.spec.rule;
  const known = call.store.list<AppAlert>(ALERT, app);
  for (const alert of known)
    if (!wanted.some((each) => same(each, alert))) call.store.remove(alert, call.now);
  for (const alert of wanted) {
    const before = known.find((each) => same(each, alert));
    if (before) call.store.update({ ...before, spec: alert.spec });
    else {
      const body = { ...alert, emails: [ACCOUNT.email], slack_webhooks: [] };
      call.store.insert<AppAlert>({
        ...body,
        kind: ALERT,
        id: newId(),
        parent: app,
        name: alert.spec.rule,
        createdAt: call.now,
      });
    }
  }
}

const view = (alert: Saved<AppAlert>) => ({
  id: alert.id,
  ...(alert.component && { component_name: alert.component }),
  spec: alert.spec,
  emails: alert.emails,
  slack_webhooks: alert.slack_webhooks,
  phase: "ACTIVE",
  progress: {
    steps: [
      {
        name: "alert-configure-insight-alert",
        status: "SUCCESS",
        started_at: timestamp(alert.createdAt),
        ended_at: timestamp(alert.createdAt),
      },
    ],
  },
});

const Destinations = z.object({
  emails: z.array(z.string().refine((email) => email.includes("@"), "is not an e-mail address")).nullish(),
  slack_webhooks: z.array(z.object({ url: z.url(), channel: z.string() })).nullish(),
});

function refuseMissingApp(call: Call): string {
  const { app = "" } = call.params;
  if (!call.store.get("app", "", app)) throw notFound("app not found");
  return app;
}

export const alertRoutes: Route[] = [
  {
    method: "GET",
    path: "/v2/apps/:app/alerts",
    handle: (call) => ok({ alerts: call.store.list<AppAlert>(ALERT, refuseMissingApp(call)).map(view) }),
  },
  {
    method: "POST",
    path: "/v2/apps/:app/alerts/:alert/destinations",
    handle(call) {
      const alert = call.store.get<AppAlert>(ALERT, refuseMissingApp(call), call.params.alert ?? "");
      if (!alert) throw notFound("alert not found");
      const { emails, slack_webhooks } = parse(Destinations, call.body);
      const after = { ...alert, emails: emails ?? [], slack_webhooks: slack_webhooks ?? [] };
      call.store.update(after);
      return ok({ alert: view(after) });
    },
  },
];
