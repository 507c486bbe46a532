import { InvalidArguments } from "./base.ts";
import { readable } from "./database.ts";

/**
 * The administrator's URI, for another user and database. Scheme, hosts and replica set are the platform's to choose.
 * Users live in `admin`, whatever database they work in: without `authSource` a driver would look for them there.
 *
 * @throws InvalidArguments in the name of `component` when the platform has not shown what it takes.
 */
export function mongoUri(
  component: string,
  administrator: string | undefined,
  user: string,
  password: string | undefined,
  database: string,
): string {
  const known = readable(component, "the cluster's address", administrator);
  const [, scheme, hosts, query] =
    /^([a-z+]+):\/\/(?:.*@)?([^/?]+)(?:\/[^?]*)?(?:\?(.*))?$/.exec(known) ?? [];
  if (!password)
    throw new InvalidArguments(component, [
      `user ${user} has no password in the state, and it is shown only once: raise generation, and allow users to be replaced`,
    ]);
  const options = new URLSearchParams(query);
  options.set("tls", "true");
  options.set("authSource", "admin");
  return `${scheme}://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${hosts}/${database}?${options}`;
}
