// A program that registers what a file describes, without any SDK: previews of many small stacks at once stay cheap.
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";

const { resources, outputs = {} } = JSON.parse(readFileSync("stack.json", "utf8"));
const made = new Map();

/** `{ ref: "db" }` is another resource's id, `{ secret: x }` a secret. */
function value(given) {
  if (Array.isArray(given)) return given.map(value);
  if (typeof given !== "object" || given === null) return given;
  if (typeof given.ref === "string") return made.get(given.ref).id;
  if ("secret" in given) return pulumi.secret(given.secret);
  return Object.fromEntries(Object.entries(given).map(([key, member]) => [key, value(member)]));
}

for (const [name, { type, inputs, options }] of Object.entries(resources))
  made.set(name, new pulumi.CustomResource(type, name, value(inputs), options));

export const { shown } = value(outputs);
