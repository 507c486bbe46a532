import * as digitalocean from "@pulumi/digitalocean";
import type * as pulumi from "@pulumi/pulumi";
import { appEnvs, appImage } from "./app-spec.ts";
import { Component, InvalidArguments, type Transform } from "./base.ts";
import { type AppSize, appRegions, type Datacentre } from "./catalog.ts";
import type { Image } from "./compute.ts";
import { nameProblem } from "./names.ts";
import type { PostgresAdministration } from "./postgres-args.ts";

export interface PostgresGrantsArgs {
  /** The cluster whose users get their rights. */
  postgres: PostgresAdministration;
  /** Datacentre of the VPC. */
  region: Datacentre;
  /** UUID of the VPC, through which the job reaches the cluster. */
  vpcId: pulumi.Input<string>;
  /** Name of the app, 2 to 32 characters. @default the component's logical name */
  appName?: string;
  /** Image with `psql` and a shell. @default the official `postgres` image of the cluster's major version */
  image?: Image;
  /** Size of the job's container, billed while it runs. @default "apps-s-1vcpu-0.5gb" */
  instanceSize?: AppSize;
  /** Project that the app is filed under. Read once: a later change is ignored. @default the account's default project */
  projectId?: pulumi.Input<string>;
  /** Changes the wrapped resource `app`. @default unchanged */
  transform?: { app?: Transform<digitalocean.AppArgs> };
}

/**
 * Runs, inside the VPC, the grants that a cluster's users need: an app without a service, whose one PRE_DEPLOY job
 * runs psql as the administrator.
 *
 * An app of its own, because App Platform promises no order among the PRE_DEPLOY jobs of one app, and a migration must
 * find its rights. So the order is the program's: this before whatever uses the databases. The administrator's password
 * then never lies in the product's app either, and the job runs when the grants change rather than at each deployment.
 */
export class PostgresGrants extends Component {
  /** Id of the app. */
  readonly appId: pulumi.Output<string>;

  /** @throws InvalidArguments before anything is created. */
  constructor(name: string, args: PostgresGrantsArgs, opts?: pulumi.ComponentResourceOptions) {
    const appName = args.appName ?? name;
    const problem = nameProblem("digitalocean:index/app:App", appName);
    if (problem) throw new InvalidArguments(name, [`appName ${appName} ${problem}`]);
    const { postgres, region } = args;
    super("breakwater:data:PostgresGrants", name, { region }, opts);

    const app = this.child(
      digitalocean.App,
      "app",
      {
        projectId: args.projectId,
        spec: {
          name: appName,
          region: appRegions[region],
          vpcs: [{ id: args.vpcId }],
          alerts: [{ rule: "DEPLOYMENT_FAILED" }],
          jobs: [
            {
              name: "grants",
              kind: "PRE_DEPLOY",
              image: appImage(args.image ?? psqlImage(postgres.version)),
              instanceSizeSlug: args.instanceSize ?? "apps-s-1vcpu-0.5gb",
              instanceCount: 1,
              runCommand: grantsCommand,
              envs: appEnvs(
                {
                  CA_CERT: postgres.caCertificate,
                  GRANTS_SQL: postgres.grantsSql,
                  PGDATABASE: "defaultdb",
                  PGHOST: postgres.host,
                  PGPORT: postgres.port.apply(String),
                  PGSSLMODE: postgres.sslMode,
                  PGUSER: postgres.adminUser,
                },
                { ...postgres.grantsSecrets, PGPASSWORD: postgres.adminPassword },
              ),
            },
          ],
        },
      },
      { ignoreChanges: ["projectId"], customTimeouts: { create: "30m" } },
      args.transform?.app,
    );
    this.appId = app.id;
    this.registerOutputs({ appId: this.appId });
  }
}

/**
 * The same for every cluster: names, password and statements come from the environment, so that no value is ever read
 * as shell, and none shows in the list of processes.
 */
export const grantsCommand = `/bin/sh -c '${[
  "set -eu",
  "umask 077",
  "export PGSSLROOTCERT=/tmp/ca.pem",
  'printf "%s" "$CA_CERT" > "$PGSSLROOTCERT"',
  'grants() { printf "%s\\n" "$GRANTS_SQL" | psql --no-psqlrc --set=ON_ERROR_STOP=1; }',
  // Again when something else changes the same rights at the same moment ("tuple concurrently updated").
  "grants || { sleep 1; grants; } || { sleep 2; grants; }",
].join("; ")}'`;

function psqlImage(version: string): Image {
  return {
    registryType: "DOCKER_HUB",
    registry: "library",
    repository: "postgres",
    tag: `${version}-alpine`,
  };
}
