/** Where DigitalOcean explains what the rules are about. */
const at = (page: string) => `https://docs.digitalocean.com/products/${page}/`;

export const docs = {
  apps: at("app-platform"),
  cdn: at("spaces/how-to/enable-cdn"),
  databases: at("databases"),
  dns: at("networking/dns"),
  droplets: at("droplets"),
  firewalls: at("networking/firewalls"),
  loadBalancers: at("networking/load-balancers"),
  monitoring: at("monitoring"),
  pools: at("droplets/how-to/autoscale"),
  postgres: at("databases/postgresql/how-to/secure"),
  reservedIps: at("networking/reserved-ips"),
  spaces: at("spaces"),
  uptime: at("uptime"),
  valkey: at("databases/valkey"),
  vpc: at("networking/vpc"),
  protect: "https://www.pulumi.com/docs/iac/concepts/options/protect/",
  secrets: "https://www.pulumi.com/docs/iac/concepts/secrets/",
} as const;
