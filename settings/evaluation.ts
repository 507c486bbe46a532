import { appPlatformCosts, costsOf, dropletFleetCosts, loadBalancerCosts } from "../components/costs.ts";
import { prices, pricesOf } from "../components/prices.ts";
import { parse } from "../settings.ts";
import { atMostUsd, type CostLine, costLines, totalOf } from "./costs.ts";
import { stackFileOf, table, withFigures } from "./figures.ts";

/** docs/evaluation.md with its figures made anew: of the stack files and the price table, and nothing else. */
export const evaluation = () => withFigures("docs/evaluation.md", figures);

const computes = ["app-platform", "droplets"] as const;
type ComputeKind = (typeof computes)[number];

/** What droplets need beside the settings of the stack file: only that it is there matters for the price. */
const forDroplets = {
  domain: { name: "example.com" },
  sshKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEa1y8X95gH3QpGE58UNyty6JUntex7xobuCZKlztX3B nobody"],
};

/** A stack's bill on either compute, scaled alike. */
function bill(stack: string, compute: ComputeKind): CostLine[] {
  const { raw } = stackFileOf(stack);
  const { app } = raw.config as { app?: { autoscale?: { min: number; max: number } } };
  const { domain, sshKeys } = forDroplets;
  const bounds = app?.autoscale && { autoscale: { min: app.autoscale.min, max: app.autoscale.max } };
  const config =
    compute === "droplets"
      ? { domain, registryCredentials: "a:b", ...raw.config, compute, droplets: { sshKeys, ...bounds } }
      : raw.config;
  const { settings, problems } = parse({
    ...raw,
    config,
    secretKeys: [...(raw.secretKeys ?? []), "registryCredentials"],
  });
  if (!settings)
    throw new Error(`Pulumi.${stack}.yaml can't be priced on ${compute}: ${JSON.stringify(problems)}`);
  return costLines(settings);
}

const usd = (value: number | undefined) => (value === undefined ? "unknown" : value.toFixed(2));

const figures: Record<string, () => string> = {
  /** Both profiles on both computes. */
  profiles: () => {
    const rows = ["staging", "prod"].flatMap((stack) =>
      computes.map((compute) => {
        const { usd: least, atMostUsd: most, unpriced } = totalOf(bill(stack, compute));
        return [`${stack}, ${compute}`, usd(least), usd(most), unpriced.join(", ")];
      }),
    );
    return `${table(["stack, compute", "USD a month", "at most", "not in it: no known price"], rows)}\n\nPrices of ${pricesOf}; \`npm run cost -- --stack prod\` has every line with its source.`;
  },
  /** What of the bill depends on the compute. */
  compute: () => {
    const shared = (lines: CostLine[]) => new Set(lines.map(({ component, what }) => `${component} ${what}`));
    const rows = ["staging", "prod"].flatMap((stack) =>
      computes.flatMap((compute) => {
        const others = shared(bill(stack, compute === "droplets" ? "app-platform" : "droplets"));
        return bill(stack, compute)
          .filter(({ component, what, shared: once }) => !once && !others.has(`${component} ${what}`))
          .map((line) => [
            `${stack}, ${compute}: ${line.what}`,
            `${line.quantity}`,
            usd(line.monthlyUsd),
            usd(atMostUsd(line)),
          ]);
      }),
    );
    return table(["what", "quantity", "USD a month", "at most"], rows);
  },
  /** The same memory, twice over, on either. */
  memory: () => {
    const pairs: [gib: number, app: string, droplet: string][] = [
      [1, "apps-s-1vcpu-1gb", "s-1vcpu-1gb"],
      [2, "apps-s-1vcpu-2gb", "s-1vcpu-2gb"],
      [4, "apps-s-2vcpu-4gb", "s-2vcpu-4gb"],
    ];
    const price = (key: string) => prices.get(key)?.usd;
    const nodes = totalOf(costsOf("", loadBalancerCosts({ nodes: 2 }))).usd;
    const rows = pairs.map(([gib, app, droplet]) => {
      const apps = totalOf(costsOf("", appPlatformCosts({ instanceSize: app, instances: 2 }))).usd;
      const droplets = totalOf(costsOf("", dropletFleetCosts({ size: droplet, instances: 2 }))).usd + nodes;
      return [
        `${gib} GiB: \`${app}\`, \`${droplet}\``,
        usd(price(`app container ${app}`)),
        usd(price(`droplet ${droplet}`)),
        usd(apps),
        usd(droplets),
      ];
    });
    return table(
      [
        "memory: container, droplet",
        "a container",
        "a droplet",
        "two containers",
        "two droplets behind two balancer nodes",
      ],
      rows,
    );
  },
};
