import * as z from "zod";
import { type Call, ok } from "../../call.ts";
import { notFound } from "../../errors.ts";
import type { Saved } from "../../store.ts";
import type { SavedCluster } from "../databases/cluster.ts";
import { clusters } from "../databases/clusters.ts";
import { rulesFrom } from "../databases/firewall.ts";
import { type App, apps } from "./apps.ts";

// Whether a database component trusts its app: for a cluster it is a rule among the cluster's trusted sources.

apps.read("/components/:component/trusted_sources", (app, call) => ({
  is_enabled: isTrusted(clusterOf(app, call), app),
}));

/** godo sends the field as `Enable`, the API's own consoles as `enable`. */
const Toggle = z.object({ Enable: z.boolean().optional(), enable: z.boolean().optional() });

apps.on(
  "POST",
  "/components/:component/trusted_sources",
  Toggle,
  (app, { Enable, enable = Enable ?? false }, call) => {
    const cluster = clusterOf(app, call);
    const others = cluster.rules.filter((rule) => !(rule.type === "app" && rule.value === app.id));
    const rules = enable ? [...others, { type: "app" as const, value: app.id }] : others;
    clusters.save(call, { ...cluster, rules: rulesFrom(rules, cluster.rules, call.now) });
    return ok({ is_enabled: enable });
  },
);

const isTrusted = (cluster: SavedCluster, app: Saved<App>) =>
  cluster.rules.some((rule) => rule.type === "app" && rule.value === app.id);

function clusterOf(app: Saved<App>, call: Call): SavedCluster {
  const component = app.spec.databases?.find((database) => database.name === call.params.component);
  const cluster = clusters.all(call).find((cluster) => cluster.name === component?.cluster_name);
  if (!cluster) throw notFound(`component ${call.params.component} has no database cluster`);
  return cluster;
}
