import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { answerOf, Component, InvalidArguments } from "./base.ts";
import { monitoringCosts } from "./costs.ts";
import type { MonitoringArgs, Thresholds } from "./monitoring-args.ts";
import { type AlertRule, alertRules, monitoringProblems, uptimeRules } from "./monitoring-rules.ts";

/**
 * Alerts on what the product stands on, and checks from outside. An app has its own alerts (`AppPlatform`): its containers
 * are no droplets.
 *
 * Of a database DigitalOcean watches the host alone: connections and the lag of a standby need its Prometheus endpoint.
 */
export class Monitoring extends Component {
  /** Ids of the uptime checks by name. */
  readonly checkIds: Readonly<Record<string, pulumi.Output<string>>>;
  /** How many alerts there are. */
  readonly alerts: number;

  /** @throws InvalidArguments before anything is created. */
  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = monitoringProblems(args);
    if (problems.length) throw new InvalidArguments(name, problems);
    const { prefix = name, uptime = {}, databases = {}, transform } = args;
    super(
      "breakwater:observability:Monitoring",
      name,
      { databases: Object.keys(databases), uptime: Object.keys(uptime) },
      opts,
      monitoringCosts({ uptimeChecks: Object.keys(uptime).length }),
    );
    const thresholds: Thresholds = args.thresholds ?? {};
    const slacks = args.slack && [{ channel: args.slack.channel, url: pulumi.secret(args.slack.url) }];
    const emails = args.emails ?? (slacks ? undefined : this.#ownAddress(name));

    let alerts = 0;
    const watch = (
      suffix: string,
      rules: AlertRule[],
      of: { tags?: pulumi.Input<string>[]; entities?: pulumi.Input<string>[] },
    ) => {
      for (const { key, description, ...rule } of rules) {
        alerts += 1;
        this.child(
          digitalocean.MonitorAlert,
          `${suffix}-${key}`,
          {
            ...rule,
            ...of,
            description: `${prefix}: ${description}`,
            enabled: true,
            alerts: { emails, slacks },
          },
          {},
          transform?.alert,
        );
      }
    };
    if (args.loadBalancerId !== undefined)
      watch("balancer", alertRules.loadBalancer(thresholds), { entities: [args.loadBalancerId] });
    if (args.dropletTag !== undefined)
      watch("droplets", alertRules.droplets(thresholds), { tags: [args.dropletTag] });
    for (const [key, { clusterId, vcpus }] of Object.entries(databases))
      watch(key, alertRules.database(key, vcpus, thresholds), { entities: [clusterId] });

    this.checkIds = Object.fromEntries(
      Object.entries(uptime).map(([key, target]) => {
        const check = this.child(
          digitalocean.UptimeCheck,
          `check-${key}`,
          { name: `${prefix}-${key}`, type: schemeOf(target), target, regions: ["us_east", "eu_west"] },
          {},
          transform?.check,
        );
        for (const { key: suffix, ...rule } of uptimeRules(thresholds)) {
          alerts += 1;
          this.child(
            digitalocean.UptimeAlert,
            `check-${key}-${suffix}`,
            {
              ...rule,
              name: `${prefix}-${key}-${suffix}`,
              checkId: check.id,
              notifications: [{ emails, slacks }],
            },
            // An alert stays with the check it was made for (provider's source), and would go with it unnoticed.
            { replaceOnChanges: ["checkId"], deleteBeforeReplace: true },
            transform?.uptimeAlert,
          );
        }
        return [key, check.id];
      }),
    );
    this.alerts = alerts;
    this.registerOutputs({ checkIds: this.checkIds, alerts, monthlyCost: this.monthlyCost });
  }

  /** DigitalOcean sends to addresses of the team alone, and this one is surely one. */
  #ownAddress(name: string): pulumi.Output<string[]> {
    const asked = digitalocean.getAccount({ parent: this });
    return pulumi.output(answerOf(name, "the account", asked)).apply(({ email }) => [email]);
  }
}

/** DigitalOcean wants to be told what the address says already. A local cloud serves apps over http. */
const schemeOf = (target: pulumi.Input<string>) =>
  pulumi.output(target).apply((url) => (url.startsWith("https:") ? "https" : "http"));
