/** Tags of something that exists (terraform-provider-digitalocean: digitalocean/tag, SetTags). */
import type { Operation } from "../provider/resource.ts";
import type { Values } from "../provider/values.ts";
import type { Api } from "./api.ts";
import { strings } from "./projects.ts";

/** Takes away and puts on what the plan's `tags` and the state's differ in. */
export async function retag(
  operation: Operation<Api>,
  resource: { readonly resource_id: string; readonly resource_type: "database" | "droplet" },
  planned: Values,
  prior: Values,
): Promise<void> {
  const [before, after] = [strings(prior.tags), strings(planned.tags)];
  const at = (tag: string): string => `/v2/tags/${encodeURIComponent(tag)}/resources`;
  const body = { resources: [resource] };
  for (const tag of before.filter((one) => !after.includes(one)))
    await operation.client.call("DELETE", at(tag), operation, body);
  for (const tag of after.filter((one) => !before.includes(one))) {
    await operation.client.call("POST", "/v2/tags", operation, { name: tag });
    await operation.client.call("POST", at(tag), operation, body);
  }
}
