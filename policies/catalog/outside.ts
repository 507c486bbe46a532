/**
 * Published rules for DigitalOcean, as of 2026-08: seven sources, 126 ids, and where each can be decided. `decidable`: from the inputs of
 * resources or from the stack. `account`: only in the account, on the host, or over time. `type`: about a kind of resource that the pack has no
 * rules for, which `resource-judged` therefore refuses.
 */

export type Where = "decidable" | "account" | "type";

export interface Outside {
  id: string;
  where: Where;
  /** Why no rule can answer it; for a decidable one, how it is read more strictly or settled. */
  note?: string;
}

export interface Source {
  name: string;
  version: string;
  /** What its ids begin with outside this table. @default nothing */
  prefix?: string;
  rules: readonly Outside[];
}

const decidable = (...ids: string[]): Outside[] => ids.map((id) => ({ id, where: "decidable" }));
const account = (why: string, ...ids: string[]): Outside[] =>
  ids.map((id) => ({ id, where: "account", note: why }));
const type = (why: string, ...ids: string[]): Outside[] =>
  ids.map((id) => ({ id, where: "type", note: why }));

const kubernetes = "Kubernetes";
const functions = "Functions";
const gradient = "GradientAI";
const mysql = "MySQL";
const volumes = "block volumes";

export const sources: readonly Source[] = [
  {
    name: "Checkov",
    version: "2026-08-20",
    rules: decidable("CKV_DIO_1", "CKV_DIO_2", "CKV_DIO_3", "CKV_DIO_4"),
  },
  {
    name: "Trivy",
    version: "2026-08-21",
    rules: [
      ...decidable("DIG-0001", "DIG-0002", "DIG-0003", "DIG-0004"),
      ...type(kubernetes, "DIG-0005"),
      ...decidable("DIG-0006", "DIG-0007"),
      ...type(kubernetes, "DIG-0008"),
      ...decidable("DIG-0009"),
    ],
  },
  {
    name: "Mondoo cnspec",
    version: "2.5.3",
    prefix: "mondoo-digitalocean-security-",
    rules: [
      ...account("the account's e-mail address", "account-email-verified"),
      ...decidable(
        "ssh-key-no-dsa",
        "droplet-in-vpc",
        "droplet-firewall-coverage",
        "droplet-not-internet-reachable",
      ),
      ...account("who an image is shared with is no input", "image-not-public"),
      ...decidable(
        "firewall-no-unrestricted-ssh",
        "firewall-no-unrestricted-rdp",
        "firewall-no-unrestricted-db-ports",
        "firewall-no-all-ports-open",
        "db-firewall-configured",
        "db-in-private-network",
        "db-not-internet-reachable",
        "db-engine-supported-version",
      ),
      ...account("a cluster's certificate authority is read from the API", "db-ca-certificate-not-expired"),
      ...decidable(
        "db-connection-ssl-enabled",
        "lb-http-redirected-to-https",
        "lb-strong-tls-cipher-policy",
        "lb-in-vpc",
        "lb-firewall-allowlist-not-open",
      ),
      ...type(
        kubernetes,
        "doks-auto-upgrade-enabled",
        "doks-supported-version",
        "doks-sso-enabled",
        "doks-sso-required",
        "doks-in-vpc",
        "doks-control-plane-firewall-enabled",
      ),
      ...account("renewals happen between deployments: watch with an `ssl_expiry` alert", "cert-not-expired"),
      ...decidable(
        "cdn-has-certificate",
        "spaces-key-has-scoped-grants",
        "spaces-bucket-not-publicly-readable",
        "spaces-bucket-not-publicly-writable",
        "spaces-bucket-not-authenticated-readable",
        "spaces-bucket-policy-not-public",
      ),
      ...account("can't be set through Pulumi", "spaces-bucket-encryption-enabled"),
      ...decidable("spaces-bucket-versioning-enabled"),
      ...account("can't be set through Pulumi", "spaces-bucket-mfa-delete-enabled"),
      ...decidable("spaces-bucket-cors-no-wildcard-origin"),
      ...account("can't be set through Pulumi", "spaces-bucket-public-access-blocked"),
      ...decidable("app-platform-https"),
      ...type(functions, "function-requires-api-key", "function-access-key-not-stale"),
      ...account("a scan of the account", "scan-no-critical-findings"),
      ...type(
        gradient,
        "gradientai-agent-not-publicly-deployed",
        "gradientai-agent-has-guardrails",
        "gradientai-knowledge-base-not-public",
      ),
    ],
  },
  {
    name: "ScoutSuite",
    version: "2024-05",
    rules: [
      ...type(
        mysql,
        "database-databases-mysql-publically-exposed",
        "database-databases-mysql-user-legacy-encryption",
      ),
      ...decidable(
        "database-databases-postgres-connection-pools",
        "database-databases-postgres-trusted-sources",
        "database-databases-redis-evicition-policy",
        "droplet-droplets-all-ports-exposed",
        "droplet-droplets-backup-not-enabled",
      ),
      ...account("whether a backup exists is read from the API", "droplet-droplets-backup-not-present"),
      ...decidable(
        "droplet-droplets-custom-image",
        "droplet-droplets-features-monitoring",
        "droplet-droplets-firewall-not-attached",
        "droplet-droplets-port-22-exposed",
      ),
      ...account("whether a snapshot exists is read from the API", "droplet-droplets-snapshot-not-present"),
      ...type(
        kubernetes,
        "kubernetes-kubernetes-autoupgrade-minor",
        "kubernetes-kubernetes-ha-enabled",
        "kubernetes-kubernetes-surge-upgrade",
      ),
      ...decidable(
        "networking-domains-high-ttl",
        "networking-domains-missing-dkim",
        "networking-domains-missing-dmarc",
        "networking-domains-missing-spf",
        "networking-domains-spf-overly-permissive",
        "networking-firewalls-public-ports",
        "networking-firewalls-quad-zero",
        "networking-load-balancer-backend-keepalive-disabled",
        "networking-load-balancer-ssl-redirect-disabled",
        "networking-load-balancer-without-droplet",
        "spaces-buckets-cors",
        "spaces-buckets-public-read",
        "spaces-buckets-public-write",
      ),
    ],
  },
  {
    name: "CIS DigitalOcean Foundations",
    version: "1.0.0",
    prefix: "CIS Foundations ",
    rules: account(
      "a habit of the team or a setting of the account",
      ...["2.1", "2.2", "2.3", "2.4", "3.1", "3.2", "3.3", "4.1", "5.1"],
    ),
  },
  {
    name: "CIS DigitalOcean Services",
    version: "1.0.0",
    prefix: "CIS Services ",
    rules: [
      ...decidable("2.1", "2.2", "2.3"),
      ...account("seen on the host", "2.4", "2.5", "2.6"),
      ...decidable("2.7"),
      ...account("the account's keys", "2.8"),
      ...type(kubernetes, "3.1", "3.2", "3.3"),
      ...account("a habit of the team", "4.1"),
      ...decidable("4.2", "5.1", "5.2", "5.3", "5.4", "5.5", "5.6"),
      ...account("a habit of the team", "5.7"),
      ...type(volumes, "6.1"),
    ],
  },
  {
    name: "Thrifty",
    version: "2026-03",
    rules: [
      ...type(
        volumes,
        "block_storage_volume_large",
        "block_storage_volume_inactive_and_unused",
        "block_storage_volume_snapshot_age_90",
      ),
      ...account(
        "age is no input",
        "database_long_running",
        "droplet_long_running",
        "droplet_snapshot_age_90",
      ),
      ...type(kubernetes, "kubernetes_long_running"),
      ...decidable("network_floating_ip_unattached", "network_load_balancer_unused"),
    ],
  },
];

/** How a rule of the pack names one of them: CIS by its benchmark and number, the others by their own id. */
export const referenceTo = ({ prefix = "" }: Source, { id }: Outside): string =>
  prefix.startsWith("CIS") ? `${prefix}${id}` : id;
