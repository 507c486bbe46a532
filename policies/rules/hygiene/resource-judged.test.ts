import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { resourceJudged } from "./resource-judged.ts";

const kubernetes = resource("digitalocean:index/kubernetesCluster:KubernetesCluster", { name: "k" });

cases(resourceJudged, {
  good: {
    "one of which little is known": [resource(types.droplet, { image: unknown })],
    "a type with rules": [resource(types.droplet)],
    "other providers'": [resource("random:index/randomPassword:RandomPassword")],
    "a provider": [resource("pulumi:providers:digitalocean")],
    "a component": [resource("breakwater:data:Postgres")],
  },
  bad: { Kubernetes: [[kubernetes], "", /does not judge .* KubernetesCluster.*limits\.types/] },
});
cases(resourceJudged, {
  settings: { limits: { types: ["KubernetesCluster"] } },
  good: { "a type that somebody has looked at": [kubernetes] },
  bad: { "a volume": [[resource(types.volume)], "", /does not judge .* Volume/] },
});
