import type { Call } from "./call.ts";

/** https://docs.digitalocean.com/reference/api/: 20 a page unless `per_page` says otherwise, never more than 200. */
const DEFAULT_PER_PAGE = 20;
const MAX_PER_PAGE = 200;

/** One page of a list as the platform answers it: the items under their root key, `links` and `meta`. */
export function page<T>(call: Call<unknown>, root: string, items: T[], view: (item: T) => unknown): object {
  const perPage = Math.min(positive(call.query.get("per_page"), DEFAULT_PER_PAGE), MAX_PER_PAGE);
  const current = positive(call.query.get("page"), 1);
  const last = Math.max(1, Math.ceil(items.length / perPage));
  const start = (current - 1) * perPage;

  const at = (number: number) => {
    const query = new URLSearchParams(call.query);
    query.set("page", String(number));
    query.set("per_page", String(perPage));
    return `${call.url}${call.path}?${query}`;
  };
  const backward = current > 1 ? { first: at(1), prev: at(Math.min(current - 1, last)) } : {};
  const forward = current < last ? { next: at(current + 1), last: at(last) } : {};
  return {
    [root]: items.slice(start, start + perPage).map(view),
    links: { pages: { ...backward, ...forward } },
    meta: { total: items.length },
  };
}

function positive(text: string | null, otherwise: number): number {
  const number = Number(text);
  return text !== null && Number.isInteger(number) && number > 0 ? number : otherwise;
}
