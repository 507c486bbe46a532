/** What lies in a project, by URN (terraform-provider-digitalocean: digitalocean/project). */
import type { Operation } from "../provider/resource.ts";
import { isArray, type Value } from "../provider/values.ts";
import { type Api, asBody } from "./api.ts";

export const urnsOf = async (operation: Operation<Api>, project: string): Promise<string[]> =>
  (await operation.client.list(`/v2/projects/${project}/resources`, "resources", operation)).map(({ urn }) =>
    String(urn),
  );

/** Moves resources into a project; `default` is the account's. A resource is always in one: removing means moving. */
export async function assign(
  operation: Operation<Api>,
  project: string,
  urns: readonly string[],
): Promise<void> {
  const resources = urns.filter((urn) => urn !== "");
  if (resources.length === 0) return;
  const id = project === "default" ? await defaultProject(operation) : project;
  await operation.client.call("POST", `/v2/projects/${id}/resources`, operation, { resources });
}

async function defaultProject(operation: Operation<Api>): Promise<string> {
  return String(asBody((await operation.client.call("GET", "/v2/projects/default", operation)).project).id);
}

/** Brings a project from the `old` list to the `now` list. */
export async function reassign(
  operation: Operation<Api>,
  project: string,
  old?: Value,
  now?: Value,
): Promise<void> {
  const before = strings(old);
  const after = strings(now);
  await assign(
    operation,
    "default",
    before.filter((urn) => !after.includes(urn)),
  );
  await assign(
    operation,
    project,
    after.filter((urn) => !before.includes(urn)),
  );
}

export const strings = (value: Value | undefined): string[] => (isArray(value) ? value.map(String) : []);
