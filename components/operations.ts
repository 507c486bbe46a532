import * as digitalocean from "@pulumi/digitalocean";
import type * as pulumi from "@pulumi/pulumi";
import { appEnvs, appImage } from "./app-spec.ts";
import { Component, InvalidArguments, type Transform } from "./base.ts";
import { type AppSize, appRegions, type Datacentre } from "./catalog.ts";
import type { Image } from "./compute.ts";
import { imageProblems } from "./compute-rules.ts";
import { operationsCosts } from "./costs.ts";
import { nameProblem } from "./names.ts";

export interface OperationsArgs {
  /** Datacentre of the VPC; the app runs in its region. **A change moves the app.** */
  region: Datacentre;
  /** UUID of the VPC, through which the worker reaches the databases. */
  vpcId: pulumi.Input<string>;
  /** Name of the app, 2 to 32 characters, unique in the account. @default the component's logical name */
  appName?: string;
  /** What to run. A change is a rolling deployment. */
  image: Image;
  /** Command that runs for ever in that image. */
  command: string;
  /** Plan of the one container. @default "apps-s-1vcpu-0.5gb" */
  instanceSize?: AppSize;
  /** Environment variables that anyone may read. @default none */
  env?: Record<string, pulumi.Input<string>>;
  /** Environment variables that are kept encrypted. @default none */
  secretEnv?: Record<string, pulumi.Input<string>>;
  /** Project that the app is filed under. Read once: a later change is ignored. @default the account's default project */
  projectId?: pulumi.Input<string>;
  /** Changes the wrapped resource `app`. @default unchanged */
  transform?: { app?: Transform<digitalocean.AppArgs> };
}

/**
 * What looks after the data beside the product: an app with one worker, in the VPC of the databases' clients.
 *
 * An app of its own, so that it goes on through the product's deployments and failures, is the same whether the product
 * runs on App Platform or on droplets, and keeps its credentials out of the product's.
 */
export class Operations extends Component {
  /** Id of the app. */
  readonly appId: pulumi.Output<string>;

  /** @throws InvalidArguments before anything is created. */
  constructor(name: string, args: OperationsArgs, opts?: pulumi.ComponentResourceOptions) {
    const { region, image, command, appName = name, instanceSize = "apps-s-1vcpu-0.5gb" } = args;
    const problems = imageProblems(image).map((problem) => `image ${problem}`);
    const misnamed = nameProblem("digitalocean:index/app:App", appName);
    if (misnamed) problems.push(`appName ${appName} ${misnamed}`);
    if (problems.length) throw new InvalidArguments(name, problems);
    super(
      "breakwater:operations:Operations",
      name,
      { region, command, instanceSize },
      opts,
      operationsCosts({ instanceSize }),
    );
    const above = (rule: string, value: number) => ({
      rule,
      operator: "GREATER_THAN",
      value,
      window: "TEN_MINUTES",
    });
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
          workers: [
            {
              name: "operations",
              image: appImage(image),
              runCommand: command,
              instanceSizeSlug: instanceSize,
              instanceCount: 1,
              termination: { gracePeriodSeconds: 60 },
              alerts: [above("CPU_UTILIZATION", 90), above("MEM_UTILIZATION", 90), above("RESTART_COUNT", 3)],
              envs: appEnvs(args.env, args.secretEnv),
            },
          ],
        },
      },
      { ignoreChanges: ["projectId"], customTimeouts: { create: "30m" } },
      args.transform?.app,
    );
    this.appId = app.id;
    this.registerOutputs({ appId: this.appId, monthlyCost: this.monthlyCost });
  }
}
