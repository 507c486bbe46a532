/** Certificates by name: the id of a Let's Encrypt one changes when it is renewed. */
import type { Operation } from "../provider/resource.ts";
import { type Api, asBody, type Body, bodies } from "./api.ts";

export async function certificateNamed(operation: Operation<Api>, name: string): Promise<Body | undefined> {
  const path = `/v2/certificates?name=${encodeURIComponent(name)}`;
  return bodies((await operation.client.call("GET", path, operation)).certificates)[0];
}

/** The platform's id of it; throws when there is none. */
export async function certificateId(operation: Operation<Api>, name: string): Promise<string> {
  const found = await certificateNamed(operation, name);
  if (!found) throw new Error(`there is no certificate ${name}`);
  return String(found.id);
}

export async function certificateName(operation: Operation<Api>, id: string): Promise<string> {
  const answer = await operation.client.call("GET", `/v2/certificates/${encodeURIComponent(id)}`, operation);
  return String(asBody(answer.certificate).name);
}
