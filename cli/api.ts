import { defaultApiEndpoint } from "../settings/endpoint.ts";
import { startCloud } from "./cloud.ts";
import { UserError } from "./errors.ts";
import { at } from "./json.ts";
import { stackFile } from "./settings.ts";
import { isLocal } from "./stack.ts";

/** DigitalOcean's API, asked and never told anything. */

export interface Api {
  /** Base URL, without `/v2`. */
  url: string;
  token: string;
}

export interface Answer {
  status: number;
  body: unknown;
}

/** The API that a stack describes: the local cloud, which is started unless it runs, or DigitalOcean with the environment's token. */
export async function apiOf(stack: string): Promise<Api> {
  if (isLocal(stack)) return startCloud();
  const { raw } = stackFile(stack); // a stack that is not there asks for no token
  const token = process.env.DIGITALOCEAN_TOKEN || process.env.DIGITALOCEAN_ACCESS_TOKEN;
  if (!token)
    throw new UserError(
      `stack ${stack} is at DigitalOcean: export DIGITALOCEAN_TOKEN, a token that may read`,
    );
  const url = raw.apiEndpoint || process.env.DIGITALOCEAN_API_URL || defaultApiEndpoint;
  return { url: url.replace(/\/+$/, ""), token };
}

/** @throws UserError when nothing answers. */
export async function get({ url, token }: Api, path: string): Promise<Answer> {
  try {
    const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    const text = await answer.text();
    return { status: answer.status, body: text === "" ? undefined : JSON.parse(text) };
  } catch (error) {
    const cause =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new UserError(`${url}${path} can't be read: ${cause}`);
  }
}

/**
 * Every item of a list, page after page.
 *
 * @param key the list's root key, such as `droplets`.
 * @returns the status of a refusal instead, for the caller to tell.
 */
export async function list(api: Api, path: string, key: string): Promise<unknown[] | { refused: Answer }> {
  const items: unknown[] = [];
  for (let page = 1; ; page++) {
    const query = `${path.includes("?") ? "&" : "?"}per_page=200&page=${page}`;
    const answer = await get(api, path + query);
    if (answer.status !== 200) return { refused: answer };
    const found = at(answer.body, key);
    if (Array.isArray(found)) items.push(...found);
    if (at(answer.body, "links", "pages", "next") === undefined) return items;
  }
}

/** The same, for what must be readable. */
export async function mustList(api: Api, path: string, key: string): Promise<unknown[]> {
  const items = await list(api, path, key);
  if (Array.isArray(items)) return items;
  const { status, body } = items.refused;
  throw new UserError(
    `${api.url}${path} answers HTTP ${status}: ${at(body, "message") ?? "no reason given"}`,
  );
}
