/** An app on App Platform (terraform-provider-digitalocean: digitalocean/app). */
import { equal } from "../../provider/plan.ts";
import { type Existing, type Operation, PartialFailure, type Resource } from "../../provider/resource.ts";
import { integer, list, notEmpty, object, type Properties, string } from "../../provider/schema.ts";
import { isArray, isObject, type Value, type Values } from "../../provider/values.ts";
import { type Api, asBody, type Body, bodies, isStatus, until } from "../api.ts";
import { appSpec } from "../app-spec.ts";
import { fromBody, goTime, toField } from "../body.ts";
import { named, unlessGone } from "../rest.ts";

const chosen = { computed: true } as const;
const derived = { output: true } as const;

const properties: Properties = {
  spec: appSpec,
  projectId: string({ computed: true, replaces: true, check: notEmpty }),
  dedicatedIps: list(object({ ip: string(chosen), id: string(chosen), status: string(chosen) }), {
    ...chosen,
    api: "dedicated_ips",
  }),
  /** How many deployments the official plugin lists per page. */
  deploymentPerPage: integer({ default: 20, api: false }),
  defaultIngress: string(derived),
  liveUrl: string(derived),
  liveDomain: string(derived),
  activeDeploymentId: string({ ...derived, api: false }),
  appUrn: string({ ...derived, api: false }),
  createdAt: string({ ...derived, read: goTime }),
  updatedAt: string({ ...derived, read: goTime }),
};

const pathOf = (id: string): string => `/v2/apps/${id}`;

async function read(operation: Operation<Api>, id: string, state: Values): Promise<Existing> {
  const app = asBody((await operation.client.call("GET", pathOf(id), operation)).app);
  const values: Record<string, Value> = {
    ...fromBody(properties, app),
    activeDeploymentId: String(asBody(app.active_deployment).id ?? ""),
    appUrn: `do:app:${id}`,
  };
  // Only a program that names its domains in detail gets them back so.
  const before = isObject(state.spec) ? state.spec : {};
  if (isObject(values.spec) && !before.domainNames) values.spec = { ...values.spec, domainNames: [] };
  return { id, state: values };
}

/** Waits for the deployment that a change has started. `answer` is the app as the change's answer shows it. */
async function deployed(operation: Operation<Api>, id: string, answer: Body): Promise<void> {
  let deployment = String(asBody(answer.pending_deployment).id ?? "");
  await until(operation, `deploying app ${id}`, async () => {
    if (deployment === "") {
      const [newest] = bodies(
        (await operation.client.call("GET", `${pathOf(id)}/deployments`, operation)).deployments,
      );
      deployment = String(newest?.id ?? "");
      if (deployment === "") return undefined;
    }
    const found = await operation.client.call("GET", `${pathOf(id)}/deployments/${deployment}`, operation);
    const progress = asBody(asBody(found.deployment).progress);
    const steps = bodies(progress.steps);
    if (steps.every(({ status }) => status === "SUCCESS")) return true;
    if (Number(progress.error_steps ?? 0) > 0)
      throw new Error(`deployment ${deployment} of app ${id} failed: ${failureOf(steps)}`);
    return undefined;
  });
}

/** The innermost step that failed, and why. */
function failureOf(steps: readonly Body[]): string {
  const failed = steps.find(({ status }) => status === "ERROR");
  if (!failed) return "no step says why";
  const inner = bodies(failed.steps);
  if (inner.some(({ status }) => status === "ERROR")) return failureOf(inner);
  const reason = asBody(failed.reason);
  return [failed.component_name, failed.name, reason.message ?? reason.code].filter(Boolean).join(": ");
}

/** Who hears of an alert isn't in the spec: it is set per alert, by rule and component, once the app is deployed. */
async function setDestinations(operation: Operation<Api>, id: string, planned: Values): Promise<void> {
  const spec = isObject(planned.spec) ? planned.spec : {};
  const components = ["services", "workers", "jobs", "functions"].flatMap((kind) => values(spec[kind]));
  const wanted = [
    ...values(spec.alerts).map((alert) => ({ component: "", alert })),
    ...components.flatMap(({ name, alerts }) =>
      values(alerts).map((alert) => ({ component: String(name), alert })),
    ),
  ].filter(({ alert }) => isObject(alert.destinations));
  if (wanted.length === 0) return;
  const there = bodies((await operation.client.call("GET", `${pathOf(id)}/alerts`, operation)).alerts);
  for (const { component, alert } of wanted) {
    const match = there.find(
      (one) => asBody(one.spec).rule === alert.rule && String(one.component_name ?? "") === component,
    );
    if (!match || !isObject(alert.destinations)) continue;
    const { emails, slackWebhooks } = alert.destinations;
    const body = { emails: emails ?? [], slack_webhooks: slackWebhooks ?? [] };
    await operation.client.call("POST", `${pathOf(id)}/alerts/${match.id}/destinations`, operation, body);
  }
}

const values = (value: Value | undefined): Values[] => (isArray(value) ? value.filter(isObject) : []);
const specBody = (planned: Values): unknown => toField(appSpec, planned.spec ?? {}, true);

const app: Resource<Api> = {
  properties,
  timeouts: { create: 1800, update: 1800 },
  create: (operation, planned) =>
    named("creating app", async () => {
      const project = planned.projectId && { project_id: planned.projectId };
      const body = { spec: specBody(planned), ...project };
      const made = asBody((await operation.client.call("POST", "/v2/apps", operation, body)).app);
      const id = String(made.id);
      try {
        await deployed(operation, id, made);
        await setDestinations(operation, id, planned);
      } catch (error) {
        // The app is there, and the next update deploys it again.
        throw new PartialFailure({ id, state: {} }, error instanceof Error ? error.message : String(error));
      }
      return read(operation, id, planned);
    }),
  read: (operation, id, state) => named("reading app", () => unlessGone(() => read(operation, id, state))),
  update: (operation, id, planned, prior) =>
    named("updating app", async () => {
      if (!equal(properties.spec, planned.spec, prior.spec)) {
        const body = { spec: specBody(planned) };
        const changed = asBody((await operation.client.call("PUT", pathOf(id), operation, body)).app);
        await deployed(operation, id, changed);
        await setDestinations(operation, id, planned);
      }
      return read(operation, id, planned);
    }),
  delete: (operation, id) =>
    named("deleting app", async () => {
      await operation.client.call("DELETE", pathOf(id), operation).catch((error: unknown) => {
        if (!isStatus(error, 404)) throw error;
      });
    }),
};
export default app;
