import { connect } from "./connections.ts";

// Brings the database to this version: node migrate.ts. Run before each version takes over; running it again changes nothing.

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS account (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email text NOT NULL,
    password text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now());
  CREATE UNIQUE INDEX IF NOT EXISTS account_email ON account (lower(email));
  CREATE TABLE IF NOT EXISTS resume (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    account uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    name text NOT NULL,
    type text NOT NULL,
    size bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now());
  CREATE INDEX IF NOT EXISTS resume_account ON resume (account, created_at);
`;
/** Any number that is this migration's own: two at a time wait for one another. */
const LOCK = 7480;

const { postgres, close } = connect(process.env);
if (!postgres) {
  console.log("no DATABASE_URL: nothing to migrate");
} else {
  const client = await postgres.connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock($1)", [LOCK]);
    await client.query(SCHEMA);
    await client.query("COMMIT");
    console.log("the database is up to date");
  } finally {
    client.release();
  }
}
await close();
