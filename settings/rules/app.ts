import { autoscaleProblem } from "../../components/app-platform-rules.ts";
import { appRegions, type Datacentre } from "../../components/catalog.ts";
import { imageProblems } from "../../components/compute-rules.ts";
import type { Check, Draft } from "./rule.ts";

export function appRules(
  { app, compute, monitoring, region, registryCredentials, slackWebhook }: Draft,
  check: Check,
): void {
  const { image, instanceSize, instances, autoscale, alerts } = app ?? {};
  if (app?.region !== undefined && region !== undefined && app.region !== appRegions[region as Datacentre])
    check(
      "app.region",
      app.region,
      `must be ${appRegions[region]}, the only region that can join a VPC in ${region}`,
    );
  if (image) {
    const ofDocr = image.registryType === "DOCR";
    const credentials = ofDocr ? undefined : registryCredentials;
    for (const problem of imageProblems({ ...image, credentials })) check("app.image", undefined, problem);
    if (ofDocr && registryCredentials && compute === "app-platform")
      check(
        "registryCredentials",
        undefined,
        "must be left out with an image from DOCR: App Platform needs none",
      );
  }
  if (autoscale) {
    if (instances !== undefined) check("app.instances", instances, "can't go together with autoscale");
    const { min, max } = autoscale;
    if (instanceSize !== undefined && min !== undefined && max !== undefined)
      check("app.autoscale", autoscale, autoscaleProblem(instanceSize, { min, max }));
  }
  const channels = { "app.alerts": alerts, monitoring };
  for (const [path, { slackChannel } = {}] of Object.entries(channels))
    if (slackChannel !== undefined && slackWebhook === undefined)
      check("slackWebhook", undefined, `is required with ${path}.slackChannel`);
  if (slackWebhook !== undefined && !alerts?.slackChannel && !monitoring?.slackChannel)
    check("app.alerts.slackChannel", undefined, "or monitoring.slackChannel is required with slackWebhook");
}
