import { docs } from "../../docs.ts";
import type { Input } from "../../input.ts";
import { loadBalancerNode, prices, spaces } from "../../prices.ts";
import { componentsOf, engineOf, type Resource, type Stack, types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";
import { listed } from "../../text.ts";

/** What is paid for: how many, of which plan, for how much each. */
interface Line {
  count: number;
  usd: number | undefined;
  plan: string;
}

export const monthlyBudget: StackRule = {
  name: "monthly-budget",
  description:
    "What is priced in the stack stays within its monthly budget, each part scaled to its largest.",
  group: "cost",
  severity: "medium",
  level: "mandatory",
  url: docs.monitoring,
  fix: "take smaller plans or fewer nodes, or raise the budget in the settings (`limits.budget`)",
  limits: ["budget"],
  types: [types.stack],
  checkInStack: (_root, report, { limits: { budget } }, stack) => {
    if (budget === undefined) return;
    const lines = linesOf(stack);
    const total = lines.reduce((sum, { count, usd = 0 }) => sum + count * usd, 0);
    if (total > budget) report("", `up to ${total.toFixed(2)} USD a month, and the budget is ${budget}`);
    const unpriced = [...new Set(lines.filter(({ usd }) => usd === undefined).map(({ plan }) => plan))];
    if (unpriced.length > 0)
      report(
        "",
        `no price is known of ${listed(unpriced)}, so the budget can't be held`,
        "take plans whose price is known (policies/prices.ts), or take the budget out",
      );
  },
};

function linesOf(stack: Stack): Line[] {
  const lines: Line[] = [];
  const add = (kind: string, plan: Input, count: number) => {
    const name = plan.text() ?? "no plan";
    lines.push({ count, plan: `${kind} ${name}`, usd: prices[kind]?.[name] });
  };
  for (const cluster of stack.of(types.databaseCluster))
    add(engineOf(cluster), cluster.get("size"), cluster.get("nodeCount").number() ?? 1);
  for (const droplet of stack.of(types.droplet)) add("droplet", droplet.get("size"), 1);
  for (const pool of stack.of(types.dropletAutoscale)) {
    const [most, fixed] = [pool.get("config", "maxInstances"), pool.get("config", "targetNumberInstances")];
    add("droplet", pool.get("dropletTemplate", "size"), most.number() ?? fixed.number() ?? 1);
  }
  for (const app of stack.of(types.app))
    for (const component of componentsOf(app, ["services", "workers"])) {
      const most = component.get("autoscaling", "maxInstanceCount").number();
      add("app", component.get("instanceSizeSlug"), most ?? component.get("instanceCount").number() ?? 1);
    }
  for (const balancer of stack.of(types.loadBalancer)) lines.push(balancerLine(balancer));
  if (stack.of(types.spacesBucket).length > 0) lines.push({ count: 1, usd: spaces, plan: "Spaces" });
  return lines;
}

function balancerLine(balancer: Resource): Line {
  const nodes = balancer.get("sizeUnit").number() ?? 1;
  return { count: nodes, usd: loadBalancerNode, plan: "load balancer" };
}
