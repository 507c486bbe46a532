import {
  dropletVariableProblem,
  scalingProblem,
  sshFromProblem,
  sshKeyProblem,
  syslogProblem,
} from "../../components/droplet-fleet-rules.ts";
import type { Check, Draft } from "./rule.ts";

/** Droplets, where they are what runs the product. */
export function dropletRules(draft: Draft, check: Check): void {
  const { droplets, compute, app } = draft;
  for (const [index, key] of (droplets?.sshKeys ?? []).entries())
    if (key !== undefined) check(`droplets.sshKeys[${index}]`, key, sshKeyProblem(key));
  for (const [index, source] of (droplets?.sshFrom ?? []).entries())
    if (source !== undefined) check(`droplets.sshFrom[${index}]`, source, sshFromProblem(source));
  if (droplets?.syslog !== undefined)
    check("droplets.syslog", droplets.syslog, syslogProblem(droplets.syslog));
  const { min, max } = droplets?.autoscale ?? {};
  if (droplets?.autoscale) {
    if (droplets.instances !== undefined)
      check("droplets.instances", droplets.instances, "can't go together with autoscale");
    if (min !== undefined && max !== undefined)
      check("droplets.autoscale", droplets.autoscale, scalingProblem({ min, max }));
  }
  if (compute !== "droplets") return;
  if (draft.domain === undefined)
    check(
      "domain",
      undefined,
      "is required with compute droplets: the load balancer's certificate is for it",
    );
  if (droplets?.sshKeys?.length === 0) check("droplets.sshKeys", [], "must have at least one entry");
  const pulls = draft.environment !== "local" && draft.rehearsal !== true;
  if (pulls && app?.image?.registryType === "DOCR" && draft.registryCredentials === undefined)
    check(
      "registryCredentials",
      undefined,
      "is required with compute droplets and an image from DOCR: token:token, of a token that may read the registry",
    );
  for (const [path, variables] of Object.entries({ "app.env": app?.env, secretEnv: draft.secretEnv }))
    for (const name of Object.keys(variables ?? {}))
      check(`${path}.${name}`, undefined, dropletVariableProblem(name));
}
