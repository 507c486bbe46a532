import * as z from "zod";
import { type Call, ok } from "../../call.ts";
import { badRequest, notFound } from "../../errors.ts";
import { page } from "../../paging.ts";
import type { Saved } from "../../store.ts";
import { type App, apps, redeploy } from "./apps.ts";
import { componentsOf } from "./spec.ts";
import { deploymentView, isUnderWay, type Moment, startDeployment, timeline } from "./timeline.ts";

// Deployments, and what else one app can be asked.

apps.read("/deployments", (app, call) => page(call, "deployments", timeline(call, app.id), deploymentView));
apps.read("/deployments/:deployment", (app, call) => ({
  deployment: deploymentView(deploymentOf(app, call)),
}));

apps.on("POST", "/deployments", z.object({ force_build: z.boolean().nullish() }), (app, _, call) => {
  startDeployment(call, app.id, app.spec, "manual");
  return latest(app, call);
});

apps.on(
  "POST",
  "/restart",
  z.object({ components: z.array(z.string()).nullish() }),
  (app, { components }, call) => {
    const unknown = components?.find(
      (name) => !componentsOf(app.spec).some(({ component }) => component.name === name),
    );
    if (unknown !== undefined) throw badRequest(`component ${unknown} not found`);
    startDeployment(call, app.id, app.spec, "app restarted", { restarts: components ?? [] });
    return latest(app, call);
  },
);

apps.on("POST", "/deployments/:deployment/cancel", z.unknown(), (app, _, call) => {
  const moment = deploymentOf(app, call);
  if (!isUnderWay(moment.phase)) throw badRequest(`a deployment that is ${moment.phase} can not be canceled`);
  const deployment = { ...moment.deployment, canceled: call.now };
  call.store.update(deployment);
  return ok({ deployment: deploymentView({ ...moment, deployment, phase: "CANCELED" }) });
});

const Rollback = z.object({ deployment_id: z.string(), skip_pin: z.boolean().nullish() });

apps.on("POST", "/rollback/validate", Rollback, (app, { deployment_id }, call) => {
  const error = rollbackError(app, deployment_id, call);
  return ok(
    error ? { valid: false, error: { code: "incompatible_phase", message: error } } : { valid: true },
  );
});

apps.on("POST", "/rollback", Rollback, (app, { deployment_id, skip_pin }, call) => {
  const error = rollbackError(app, deployment_id, call);
  if (error) throw badRequest(error);
  const { deployment } = momentOf(app, deployment_id, call);
  const rollback = startDeployment(
    call,
    app.id,
    deployment.spec,
    `rolled back to deployment ${deployment_id}`,
    { cloned_from: deployment_id },
  );
  if (!skip_pin) apps.save(call, { ...app, pinned: rollback.id });
  return latest(app, call);
});

/** Makes the deployment that a rollback pinned the app's own. */
apps.on("POST", "/rollback/commit", z.unknown(), (app, _, call) => {
  const { deployment } = momentOf(app, pinnedOf(app), call);
  const { pinned: __, ...rest } = app;
  apps.save(call, { ...rest, spec: deployment.spec, updated: call.now });
  return ok({});
});

/** Gives up a pinned rollback and deploys the app's own spec again. */
apps.on("POST", "/rollback/revert", z.unknown(), (app, _, call) => {
  pinnedOf(app);
  apps.save(call, redeploy(call, app, app.spec, "rollback reverted"));
  return latest(app, call);
});

function pinnedOf(app: Saved<App>): string {
  if (app.pinned === undefined) throw badRequest("the app is not pinned by a rollback");
  return app.pinned;
}

function rollbackError(app: Saved<App>, id: string, call: Call): string | undefined {
  const { phase, done } = momentOf(app, id, call);
  return phase === "SUPERSEDED" && done >= 1
    ? undefined
    : `deployment phase "${phase}" is unsuitable for rollback`;
}

const latest = (app: Saved<App>, call: Call) => {
  const [moment] = timeline(call, app.id);
  if (!moment) throw notFound("deployment not found");
  return ok({ deployment: deploymentView(moment) });
};

const deploymentOf = (app: Saved<App>, call: Call): Moment =>
  momentOf(app, call.params.deployment ?? "", call);

export function momentOf(app: Saved<App>, id: string, call: Call): Moment {
  const moment = timeline(call, app.id).find(({ deployment }) => deployment.id === id);
  if (!moment) throw notFound("deployment not found");
  return moment;
}
