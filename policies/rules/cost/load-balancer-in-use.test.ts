import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { loadBalancerInUse } from "./load-balancer-in-use.ts";

const pool = resource(types.dropletAutoscale, { dropletTemplate: { tags: ["api"] } }, { name: "pool" });
const balancer = (inputs: object) => resource(types.loadBalancer, { ...inputs }, { name: "lb" });

cases(loadBalancerInUse, {
  good: {
    "the nodes of a Kubernetes cluster": [
      balancer({ dropletTag: "worker" }),
      resource(types.kubernetesCluster, { nodePool: { tags: ["worker"] } }, { name: "k8s" }),
    ],
    "the nodes of any pool of a cluster": [
      balancer({ dropletTag: "k8s:worker" }),
      resource(types.kubernetesCluster, {}, { name: "k8s" }),
    ],
    "droplets of another stack": [balancer({ dropletTag: "web" })],
    "a pool by its tag": [balancer({ dropletTag: "api" }), pool],
    "droplets by their ids": [balancer({ dropletIds: [unknown] })],
    "a global one before others": [balancer({ type: "GLOBAL", targetLoadBalancerIds: [unknown] })],
  },
  bad: {
    "one for nobody": [[balancer({})], "dropletIds", /no droplet.*dropletTag/],
    "one for a tag that no pool of a cluster has": [
      [
        balancer({ dropletTag: "web" }),
        resource(types.kubernetesNodePool, { tags: ["worker"] }, { name: "p" }),
      ],
      "dropletIds",
      /no droplet/,
    ],
    "one for a tag that nobody has": [[balancer({ dropletTag: "web" }), pool], "dropletIds", /no droplet/],
  },
  unknown: { "the tag": [[balancer({ dropletTag: unknown }), pool], "dropletTag"] },
});
