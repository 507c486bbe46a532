/** An identifier as PostgreSQL quotes it: no name can end the quotation. */
export function quoteIdentifier(name: string): string {
  if (name.includes("\0")) throw new RangeError("an identifier can't contain a zero byte");
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * The statements, for psql, that let each user create and use schemas and tables in its database. PostgreSQL 15 took the right to
 * create in schema `public` away from everyone but the database's owner, which is `doadmin`, and DigitalOcean's API
 * has no grants. Running them again changes nothing.
 */
export function grantsSql(databases: { name: string; user: string }[]): string {
  return databases
    .flatMap(({ name, user }) => [
      `\\connect ${quoteIdentifier(name)}`,
      `GRANT CONNECT, CREATE, TEMPORARY ON DATABASE ${quoteIdentifier(name)} TO ${quoteIdentifier(user)};`,
      `GRANT USAGE, CREATE ON SCHEMA public TO ${quoteIdentifier(user)};`,
    ])
    .join("\n");
}
