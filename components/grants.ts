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
    .flatMap(({ name, user }) => [`\\connect ${quoteIdentifier(name)}`, ...rightsOf(name, user)])
    .join("\n");
}

function rightsOf(database: string, role: string): string[] {
  return [
    `GRANT CONNECT, CREATE, TEMPORARY ON DATABASE ${quoteIdentifier(database)} TO ${quoteIdentifier(role)};`,
    `GRANT USAGE, CREATE ON SCHEMA public TO ${quoteIdentifier(role)};`,
  ];
}

/** The role that owns what the generations of a user make. Nobody logs in as it. */
export const ownerOf = (user: string): string => `${user}_owner`;

/** The environment variable of psql's with the password of a login. */
export const passwordVariable = (index: number): string => `LOGIN_PASSWORD_${index}`;

/** Somebody who signs in: a generation of a user. */
export interface Login {
  /** What the first generation is called. */
  user: string;
  /** What this one is called. */
  name: string;
}

/**
 * The same for users that come and go: what is in their databases belongs to a role that they are members of, and that they are from
 * the moment they connect on, so that each works with what another has made, and none leaves anything behind. A user that owned its
 * tables hands them over.
 *
 * An administrator does the one half of it, the users themselves the other: DigitalOcean promises `doadmin` no rights over users
 * that its API has made, and nobody needs any to change what is his own.
 *
 * @param logins who exists; the environment of psql has each one's password as {@link passwordVariable}.
 */
export function sharedGrantsSql(databases: { name: string; user: string }[], logins: Login[]): string {
  const start = ["\\getenv administrator PGUSER", "\\getenv administrators_password PGPASSWORD"];
  const statements = databases.flatMap(({ name, user }) => {
    const members = logins.flatMap((login, index) => (login.user === user ? [{ ...login, index }] : []));
    const database = quoteIdentifier(name);
    const owner = quoteIdentifier(ownerOf(user));
    return [
      "\\setenv PGPASSWORD :administrators_password",
      `\\connect ${database} :administrator`,
      `SELECT ${literal(`CREATE ROLE ${owner}`)} WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${literal(ownerOf(user))})`,
      "\\gexec",
      `GRANT ${owner} TO CURRENT_USER;`, // whoever restores a dump gives tables to it
      // A dump of the first generation's brings tables of a role of that name, which nobody logs in as.
      `SELECT ${literal(`REASSIGN OWNED BY ${quoteIdentifier(user)} TO ${owner}`)} FROM pg_roles WHERE rolname = ${literal(user)} AND NOT rolcanlogin AND pg_has_role(oid, 'USAGE')`,
      "\\gexec",
      ...rightsOf(name, ownerOf(user)),
      ...members.flatMap((member) => joins(database, owner, quoteIdentifier(member.name))),
      ...members.flatMap((member) => [
        `\\getenv password ${passwordVariable(member.index)}`,
        "\\setenv PGPASSWORD :password",
        ...handsOver(database, owner, quoteIdentifier(member.name)),
      ]),
    ];
  });
  return [...start, ...statements].join("\n");
}

/** What a user was given for itself would hold it back when it goes. */
const joins = (database: string, owner: string, role: string) => [
  `GRANT ${owner} TO ${role};`,
  `REVOKE ALL ON DATABASE ${database} FROM ${role};`,
  `REVOKE ALL ON SCHEMA public FROM ${role};`,
];

/** Each table is locked for a moment: rather again than a queue behind one that is in use for long. */
const handsOver = (database: string, owner: string, role: string) => [
  `\\connect ${database} ${role}`,
  "SET ROLE NONE;",
  "SET lock_timeout = '5s';",
  `REASSIGN OWNED BY ${role} TO ${owner};`,
  `ALTER ROLE ${role} IN DATABASE ${database} SET role TO ${owner};`,
];

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
