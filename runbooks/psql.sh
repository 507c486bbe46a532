#!/bin/sh
# psql as the administrator of the PostgreSQL cluster of stack $STACK: sh runbooks/psql.sh DATABASE [OPTIONS OF PSQL].
# It verifies the cluster's certificate; the password comes from the API and goes to psql by the environment, so that no list of processes has it.
set -eu
database=$1
shift
cluster=$(npm run --silent pulumi -- stack output postgres --stack "$STACK" --json --show-secrets | node -p 'JSON.parse(fs.readFileSync(0)).clusterId')
authority=$(mktemp)
trap 'rm -f "$authority"' EXIT
sh runbooks/api.sh GET "/v2/databases/$cluster/ca" | node -e 'process.stdout.write(Buffer.from(JSON.parse(fs.readFileSync(0)).ca.certificate, "base64"))' > "$authority"
connection=$(sh runbooks/api.sh GET "/v2/databases/$cluster")
part() { printf '%s' "$connection" | node -p 'JSON.parse(fs.readFileSync(0)).database.connection[process.argv[1]]' "$1"; }
PGHOST=$(part host) PGPORT=$(part port) PGUSER=$(part user) PGPASSWORD=$(part password) \
  PGDATABASE=$database PGSSLMODE=verify-full PGSSLROOTCERT=$authority psql --no-psqlrc "$@"
