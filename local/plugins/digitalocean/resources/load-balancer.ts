/** A load balancer (terraform-provider-digitalocean: resource_loadbalancer). */
import { type Existing, type Operation, PartialFailure, type Resource } from "../../provider/resource.ts";
import { isArray, isObject, type Value, type Values } from "../../provider/values.ts";
import { type Api, asBody, type Body, bodies, until } from "../api.ts";
import { fromBody, toBody } from "../body.ts";
import { certificateId, certificateName } from "../certificates.ts";
import { check, properties } from "../load-balancer.ts";
import { named, unlessGone } from "../rest.ts";

const pathOf = (id: string): string => `/v2/load_balancers/${encodeURIComponent(id)}`;
export const getBalancer = async (operation: Operation<Api>, id: string): Promise<Body> =>
  asBody((await operation.client.call("GET", pathOf(id), operation)).load_balancer);

const objects = (value: Value | undefined): Values[] => (isArray(value) ? value.filter(isObject) : []);

/** Programs name certificates, the API has ids, which a renewal changes. */
async function withIds(operation: Operation<Api>, parts: readonly Values[], sent: Body[]): Promise<Body[]> {
  return Promise.all(
    sent.map(async (part, at) => {
      const name = text(parts[at]?.certificateName) || text(parts[at]?.certificateId);
      return name === "" ? part : { ...part, certificate_id: await certificateId(operation, name) };
    }),
  );
}

async function withNames(
  operation: Operation<Api>,
  parts: readonly Values[],
  read: Body[],
): Promise<Values[]> {
  return Promise.all(
    parts.map(async (part, at) => {
      const id = text(read[at]?.certificate_id);
      if (id === "") return part;
      const name = await certificateName(operation, id);
      return { ...part, certificateId: name, certificateName: name };
    }),
  );
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

export async function existing(operation: Operation<Api>, balancer: Body): Promise<Existing> {
  const state = fromBody(properties, balancer);
  const id = String(balancer.id);
  return {
    id,
    state: {
      ...state,
      region: text(asBody(balancer.region).slug) || null,
      loadBalancerUrn: `do:loadbalancer:${id}`,
      forwardingRules: await withNames(
        operation,
        objects(state.forwardingRules),
        bodies(balancer.forwarding_rules),
      ),
      domains: await withNames(operation, objects(state.domains), bodies(balancer.domains)),
    },
  };
}

/** All of it, what the platform has filled in included: what a change leaves out would go back to its default. */
async function bodyOf(operation: Operation<Api>, planned: Values): Promise<object> {
  const { size, ...body } = toBody(properties, planned, { omitEmpty: true });
  const rules = objects(planned.forwardingRules);
  const domains = objects(planned.domains);
  return {
    ...body,
    // A number of nodes wins over a size, also one that only the platform has said.
    ...(body.size_unit === undefined && size !== undefined && { size }),
    forwarding_rules: await withIds(operation, rules, bodies(body.forwarding_rules)),
    ...(domains.length > 0 && { domains: await withIds(operation, domains, bodies(body.domains)) }),
  };
}

/** One that doesn't become active stays in the state: it exists. */
async function active(operation: Operation<Api>, made: Body): Promise<Existing> {
  let last = made;
  const settle = async (): Promise<Body | undefined> => {
    last = await getBalancer(operation, String(made.id));
    return last.status === "new" ? undefined : last;
  };
  try {
    await until(operation, "waiting for the load balancer to become active", settle);
    if (last.status !== "active") throw new Error(`the load balancer is ${text(last.status)}, not active`);
  } catch (error) {
    throw new PartialFailure(
      await existing(operation, last),
      error instanceof Error ? error.message : String(error),
    );
  }
  return existing(operation, last);
}

const loadBalancer: Resource<Api> = {
  properties,
  schemaVersion: 1,
  check,
  timeouts: { create: 600 },
  create: (operation, planned) =>
    named("creating load balancer", async () => {
      const body = await bodyOf(operation, planned);
      const answer = await operation.client.call("POST", "/v2/load_balancers", operation, body);
      return active(operation, asBody(answer.load_balancer));
    }),
  read: (operation, id) =>
    named("reading load balancer", () =>
      unlessGone(async () => existing(operation, await getBalancer(operation, id))),
    ),
  update: (operation, id, planned) =>
    named("updating load balancer", async () => {
      const { ip: _, ...rest } = planned;
      await operation.client.call("PUT", pathOf(id), operation, await bodyOf(operation, rest));
      return existing(operation, await getBalancer(operation, id));
    }),
  delete: (operation, id) =>
    named("deleting load balancer", async () => {
      await unlessGone(() => operation.client.call("DELETE", pathOf(id), operation));
    }),
};
export default loadBalancer;
