/**
 * A command that runs when the resource is created, and others for its update and deletion (pulumi-command: local).
 * What it prints is an output in clear, as with the official plugin, also when an input is secret: a program names what is
 * secret in additionalSecretOutputs.
 */
import { randomBytes } from "node:crypto";
import { equal } from "../../provider/plan.ts";
import type { Resource } from "../../provider/resource.ts";
import { any, list, type Properties, string } from "../../provider/schema.ts";
import { unknown, type Values } from "../../provider/values.ts";
import { results, run, settings } from "../run.ts";

const properties: Properties = {
  /** Values of any kind; a change runs `create` again in a new resource. */
  triggers: list(any(), { replaces: true }),
  create: string(),
  /** Default: `create`. */
  update: string(),
  delete: string(),
  ...settings,
  ...results,
};
const inputs = Object.entries(properties).filter(([, { output }]) => !output);

/** An update runs again: what it is going to print isn't known. */
function plan(planned: Values, prior: Values | undefined): Values {
  const changes = prior && inputs.some(([name, property]) => !equal(property, planned[name], prior[name]));
  return changes
    ? { ...planned, ...Object.fromEntries(Object.keys(results).map((name) => [name, unknown])) }
    : planned;
}

const nothing: Values = { stdout: "", stderr: "" };

const command: Resource<null> = {
  properties,
  plan,
  create: async (operation, planned) => {
    const id = `${operation.name}${randomBytes(4).toString("hex")}`;
    if (typeof planned.create !== "string") return { id, state: nothing };
    return { id, state: await run(operation, planned.create, planned) };
  },
  read: async (_operation, id, state) => {
    if (Object.keys(state).length === 0) throw new Error("a command can't be imported");
    return { id, state };
  },
  update: async (operation, id, planned, prior) => {
    const text = planned.update ?? planned.create;
    const last: Values = { stdout: prior.stdout ?? "", stderr: prior.stderr ?? "" };
    if (typeof text !== "string") return { id, state: last };
    return { id, state: await run(operation, text, planned, last) };
  },
  delete: async (operation, _id, state) => {
    if (typeof state.delete === "string") await run(operation, state.delete, state, state);
  },
};
export default command;
