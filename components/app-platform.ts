import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { appPlatformProblems } from "./app-platform-rules.ts";
import { appEnvs, appImage } from "./app-spec.ts";
import { Component, InvalidArguments, type Transform } from "./base.ts";
import { type AppSize, appRegions, type Datacentre } from "./catalog.ts";
import type { Compute, ComputeArgs } from "./compute.ts";
import { appPlatformCosts } from "./costs.ts";

/** Who hears of trouble, and from when it is trouble. */
export interface AppAlerts {
  /** Addresses of team members; others are refused. @default the team's own address */
  emails?: string[];
  /** A Slack channel and its webhook, which is a secret. @default none */
  slack?: { channel: string; url: pulumi.Input<string> };
  /** Percent of CPU over ten minutes. @default 80 */
  cpuPercent?: number;
  /** Percent of memory over ten minutes. @default 80 */
  memoryPercent?: number;
  /** Restarts within ten minutes. @default 3 */
  restarts?: number;
}

export interface AppPlatformArgs extends ComputeArgs {
  /** Datacentre of the VPC; the app runs in its region. **A change moves the app: a new address.** */
  region: Datacentre;
  /** UUID of the VPC, through which the containers reach the databases. */
  vpcId: pulumi.Input<string>;
  /** Name of the app, 2 to 32 characters, unique in the account. @default the component's logical name */
  appName?: string;
  /** Plan of each container. A change is a rolling deployment. */
  instanceSize: AppSize;
  /** Containers. Two or more survive the loss of one. Excludes `autoscale`. @default 2 */
  instances?: number;
  /** Scales by CPU. Needs a dedicated plan (`apps-d-`) and `min` below `max`. Excludes `instances`. @default off */
  autoscale?: { min: number; max: number; cpuPercent: number };
  /** Seconds a container may go on answering after it left the balancer, and then to end after SIGTERM. @default 15 and 60 */
  termination?: { drainSeconds?: number; gracePeriodSeconds?: number };
  /** @default see {@link AppAlerts} */
  alerts?: AppAlerts;
  /**
   * Host name of the product. With `zone`, DigitalOcean's own DNS has it, and App Platform writes the record: nobody else
   * may. A certificate comes with it.
   * @default a name under `ondigitalocean.app` alone
   */
  domain?: { name: string; zone?: pulumi.Input<string> };
  /** Project that the app is filed under. Read once: a later change is ignored, since it would replace the app. @default the account's default project */
  projectId?: pulumi.Input<string>;
  /** Id of an app to take over instead of creating one. Its specification becomes this one, with a deployment. @default none */
  import?: string;
  /** Changes the wrapped resource `app`. @default unchanged */
  transform?: { app?: Transform<digitalocean.AppArgs> };
}

/**
 * The product's API as an app on App Platform: one service behind the platform's balancer and certificate, and, when
 * there is a migration, one PRE_DEPLOY job that must succeed before a new version takes over. Exactly one: the platform
 * promises no order among jobs.
 *
 * Values may name the platform's own variables, such as `${APP_URL}`. Database URIs come as secret variables all the
 * same: a bound database's own URI encrypts without verifying, and droplets know no bound ones.
 */
export class AppPlatform extends Component implements Compute {
  readonly kind = "app-platform";
  readonly computeId: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
  /** URL under `ondigitalocean.app`. */
  readonly address: pulumi.Output<string>;

  /** @throws InvalidArguments before anything is created. */
  constructor(name: string, args: AppPlatformArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = appPlatformProblems(name, args);
    if (problems.length) throw new InvalidArguments(name, problems);
    const { region, instanceSize, port, healthPath, autoscale } = args;
    const instances = autoscale ? undefined : (args.instances ?? 2);
    super(
      "breakwater:compute:AppPlatform",
      name,
      { region, instanceSize, instances, autoscale, port },
      opts,
      appPlatformCosts({ instanceSize, instances, autoscale }),
    );

    const image = appImage(args.image);
    const envs = appEnvs(args.env, args.secretEnv);
    const alerts = alertsOf(args.alerts ?? {}, autoscale !== undefined);
    const app = this.child(
      digitalocean.App,
      "app",
      {
        projectId: args.projectId,
        spec: {
          name: args.appName ?? name,
          region: appRegions[region],
          vpcs: [{ id: args.vpcId }],
          domainNames: args.domain && [{ ...args.domain, type: "PRIMARY" }],
          alerts: alerts.app,
          ingress: { rules: [{ match: { path: { prefix: "/" } }, component: { name: "api" } }] },
          services: [
            {
              name: "api",
              image,
              httpPort: port,
              instanceSizeSlug: instanceSize,
              instanceCount: instances,
              autoscaling: autoscale && {
                minInstanceCount: autoscale.min,
                maxInstanceCount: autoscale.max,
                metrics: { cpu: { percent: autoscale.cpuPercent } },
              },
              healthCheck: {
                httpPath: healthPath,
                initialDelaySeconds: 5,
                periodSeconds: 10,
                failureThreshold: 6,
              },
              // Slower to judge than readiness: a restart helps a process that hangs, not one that is busy.
              livenessHealthCheck: {
                httpPath: healthPath,
                initialDelaySeconds: 30,
                periodSeconds: 20,
                timeoutSeconds: 5,
                failureThreshold: 6,
              },
              termination: { drainSeconds: 15, gracePeriodSeconds: 60, ...args.termination },
              alerts: alerts.service,
              envs,
            },
          ],
          jobs: args.migrateCommand
            ? [
                {
                  name: "migrate",
                  kind: "PRE_DEPLOY",
                  image,
                  instanceSizeSlug: instanceSize,
                  instanceCount: 1,
                  runCommand: args.migrateCommand,
                  envs,
                },
              ]
            : undefined,
        },
      },
      // The wait after an update reads the create timeout as well.
      {
        import: args.import,
        ignoreChanges: ["projectId"],
        customTimeouts: { create: "30m" },
        dependsOn: args.after,
      },
      args.transform?.app,
    );
    this.computeId = app.id;
    this.url = args.domain ? pulumi.output(`https://${args.domain.name}`) : app.liveUrl;
    this.address = app.defaultIngress;
    const { kind, computeId, url, address, monthlyCost } = this;
    this.registerOutputs({ kind, computeId, url, address, monthlyCost });
  }
}

function alertsOf({ emails, slack, cpuPercent, memoryPercent, restarts }: AppAlerts, autoscales: boolean) {
  const slackWebhooks = slack && [{ channel: slack.channel, url: pulumi.secret(slack.url) }];
  const destinations = emails || slackWebhooks ? { emails, slackWebhooks } : undefined;
  const rules = ["DEPLOYMENT_FAILED", "DOMAIN_FAILED", ...(autoscales ? ["AUTOSCALE_FAILED"] : [])];
  const above = (rule: string, value: number) => ({
    rule,
    operator: "GREATER_THAN",
    value,
    window: "TEN_MINUTES",
    destinations,
  });
  return {
    app: rules.map((rule) => ({ rule, destinations })),
    service: [
      above("CPU_UTILIZATION", cpuPercent ?? 80),
      above("MEM_UTILIZATION", memoryPercent ?? 80),
      above("RESTART_COUNT", restarts ?? 3),
    ],
  };
}
