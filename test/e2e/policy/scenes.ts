import { types } from "../../../policies/resources.ts";

/** Small parts of a production stack, each of which keeps every mandatory rule by itself. */

export interface Part {
  type: string;
  inputs: Record<string, unknown>;
  options?: { protect?: boolean; ignoreChanges?: string[] };
}
export type Scene = Record<string, Part>;

const ref = (name: string) => ({ ref: name });
const region = "fra1";

/** @param of prefix of every name, so that scenes can stand side by side in one stack. */
export const scenes = {
  balanced,
  database: (of: string): Scene => ({
    ...network(of),
    [`${of}db`]: cluster(of, "db", { engine: "pg", version: "17", size: "db-s-1vcpu-2gb", nodeCount: 2 }),
    [`${of}firewall`]: firewalled(`${of}db`),
    [`${of}config`]: {
      type: types.databasePostgresqlConfig,
      inputs: { clusterId: ref(`${of}db`), backupHour: 3 },
    },
    [`${of}pool`]: {
      type: types.databaseConnectionPool,
      inputs: {
        clusterId: ref(`${of}db`),
        name: "api",
        mode: "transaction",
        size: 5,
        dbName: "defaultdb",
        user: "api",
      },
    },
    ...watched(of, `${of}db`),
  }),
  cache: (of: string): Scene => ({
    ...network(of),
    [`${of}cache`]: cluster(of, "cache", {
      engine: "valkey",
      version: "8",
      size: "db-s-1vcpu-2gb",
      nodeCount: 2,
    }),
    [`${of}firewall`]: firewalled(`${of}cache`),
    [`${of}config`]: {
      type: types.databaseValkeyConfig,
      inputs: { clusterId: ref(`${of}cache`), valkeyMaxmemoryPolicy: "noeviction", ssl: true },
    },
    ...watched(of, `${of}cache`),
  }),
  droplets,
  site: (of: string): Scene => ({
    [`${of}app`]: {
      type: types.app,
      inputs: {
        spec: {
          name: `${of}app`,
          region: "fra",
          alerts: [{ rule: "DEPLOYMENT_FAILED" }],
          services: [
            {
              name: "api",
              image: { registryType: "DOCR", repository: "api", tag: "v1" },
              instanceSizeSlug: "apps-d-1vcpu-1gb",
              instanceCount: 2,
              httpPort: 8080,
              healthCheck: { httpPath: "/health" },
              envs: [{ key: "LOG_LEVEL", value: "info", type: "GENERAL" }],
              alerts: ["CPU_UTILIZATION", "MEM_UTILIZATION", "RESTART_COUNT"].map((rule) => ({
                rule,
                operator: "GREATER_THAN",
                value: 80,
                window: "TEN_MINUTES",
              })),
            },
          ],
        },
      },
    },
    [`${of}check`]: {
      type: types.uptimeCheck,
      inputs: { name: `${of}check`, target: "https://www.example.com", type: "https" },
    },
    ...Object.fromEntries(
      ["down", "ssl_expiry"].map((type) => [
        `${of}${type}`,
        {
          type: types.uptimeAlert,
          inputs: {
            name: `${of}${type}`,
            checkId: ref(`${of}check`),
            type,
            period: "2m",
            ...(type === "ssl_expiry" && { comparison: "less_than", threshold: 14 }),
            notifications: [{ emails: ["ops@example.com"] }],
          },
        },
      ]),
    ),
  }),
  files: (of: string): Scene => ({
    [`${of}documents`]: bucket(`${of}documents`),
    [`${of}key`]: {
      type: types.spacesKey,
      inputs: { name: `${of}key`, grants: [{ bucket: `${of}documents`, permission: "readwrite" }] },
    },
    [`${of}object`]: {
      type: types.spacesBucketObject,
      inputs: { region, bucket: `${of}documents`, key: "a.txt", content: "a", acl: "private" },
    },
    [`${of}cors`]: {
      type: types.spacesBucketCorsConfiguration,
      inputs: {
        region,
        bucket: `${of}documents`,
        corsRules: [{ allowedMethods: ["PUT"], allowedOrigins: ["https://www.example.com"] }],
      },
    },
    [`${of}cdn`]: {
      type: types.cdn,
      inputs: { origin: `${of}static.fra1.digitaloceanspaces.com`, ttl: 3600 },
    },
  }),
  names: (of: string): Scene => ({
    [`${of}domain`]: { type: types.domain, inputs: { name: `${of}example.com` }, options: { protect: true } },
    [`${of}spf`]: record(of, "TXT", "@", "v=spf1 -all"),
    [`${of}dmarc`]: record(of, "TXT", "_dmarc", "v=DMARC1; p=reject"),
    [`${of}dkim`]: record(of, "TXT", "*._domainkey", "v=DKIM1; p="),
    [`${of}certificate`]: {
      type: types.certificate,
      inputs: { name: `${of}certificate`, type: "lets_encrypt", domains: [`${of}example.com`] },
    },
    [`${of}address`]: record(of, "A", "www", "203.0.113.7"),
  }),
};

const vpcPart = (of: string): Part => ({
  type: types.vpc,
  inputs: { name: `${of}vpc`, region, ipRange: "10.20.0.0/20" },
  options: { protect: true },
});
function network(of: string): Scene {
  return { [`${of}vpc`]: vpcPart(of) };
}

function droplets(of: string): Scene {
  return {
    ...network(of),
    [`${of}key`]: {
      type: types.sshKey,
      inputs: {
        name: `${of}key`,
        publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl ops",
      },
    },
    [`${of}web`]: {
      type: types.droplet,
      inputs: {
        name: `${of}web`,
        region,
        size: "s-1vcpu-1gb",
        image: "ubuntu-24-04-x64",
        vpcUuid: ref(`${of}vpc`),
        sshKeys: [ref(`${of}key`)],
        tags: [`${of}web`],
        monitoring: true,
        backups: true,
      },
    },
    [`${of}firewall`]: {
      type: types.firewall,
      inputs: {
        name: `${of}firewall`,
        tags: [`${of}web`],
        inboundRules: [{ protocol: "tcp", portRange: "8080", sourceAddresses: ["10.20.0.0/20"] }],
        outboundRules: [{ protocol: "tcp", portRange: "443", destinationAddresses: ["0.0.0.0/0", "::/0"] }],
      },
    },
    [`${of}address`]: { type: types.reservedIp, inputs: { region, dropletId: ref(`${of}web`) } },
    ...Object.fromEntries(
      ["cpu", "memory_utilization_percent", "disk_utilization_percent"].map((metric) => [
        `${of}${metric}`,
        alert(`v1/insights/droplet/${metric}`, { tags: [`${of}web`] }),
      ]),
    ),
  };
}

/** A balancer before the droplets of the scene. */
function balanced(of: string): Scene {
  const { [`${of}vpc`]: vpc, ...rest } = droplets(of);
  return {
    ...(vpc && { [`${of}vpc`]: vpc }),
    [`${of}balancer`]: {
      type: types.loadBalancer,
      inputs: {
        name: `${of}balancer`,
        region,
        vpcUuid: ref(`${of}vpc`),
        sizeUnit: 2,
        dropletTag: `${of}web`,
        redirectHttpToHttps: true,
        tlsCipherPolicy: "STRONG",
        enableBackendKeepalive: true,
        forwardingRules: [
          { entryProtocol: "http", entryPort: 80, targetProtocol: "http", targetPort: 8080 },
          {
            entryProtocol: "https",
            entryPort: 443,
            targetProtocol: "http",
            targetPort: 8080,
            certificateName: "site",
          },
        ],
      },
    },
    [`${of}errors`]: alert("v1/insights/lbaas/increase_in_http_error_rate_percentage_5xx", {
      entities: [ref(`${of}balancer`)],
    }),
    ...rest,
  };
}

function cluster(of: string, name: string, inputs: object): Part {
  const common = { name: `${of}${name}`, region, privateNetworkUuid: ref(`${of}vpc`), tags: ["product"] };
  const more = { maintenanceWindows: [{ day: "sunday", hour: "04:00" }] };
  return {
    type: types.databaseCluster,
    inputs: { ...common, ...inputs, ...more },
    options: { protect: true },
  };
}

const firewalled = (name: string): Part => ({
  type: types.databaseFirewall,
  inputs: { clusterId: ref(name), rules: [{ type: "ip_addr", value: "10.20.0.0/20" }] },
});

const alert = (type: string, of: object): Part => ({
  type: types.monitorAlert,
  inputs: {
    type,
    ...of,
    compare: "GreaterThan",
    value: 80,
    window: "5m",
    description: type,
    enabled: true,
    alerts: { emails: ["ops@example.com"] },
  },
});

function watched(of: string, name: string): Scene {
  const metrics = ["cpu_alerts", "memory_utilization_alerts", "disk_utilization_alerts"];
  return Object.fromEntries(
    metrics.map((metric) => [
      `${of}${metric}`,
      alert(`v1/dbaas/alerts/${metric}`, { entities: [ref(name)] }),
    ]),
  );
}

const bucket = (name: string): Part => ({
  type: types.spacesBucket,
  inputs: {
    name,
    region,
    acl: "private",
    versioning: { enabled: true },
    lifecycleRules: [{ enabled: true, noncurrentVersionExpiration: { days: 30 } }],
  },
  options: { protect: true },
});

const record = (of: string, type: string, name: string, value: string): Part => ({
  type: types.dnsRecord,
  inputs: { domain: `${of}example.com`, type, name, value, ttl: 600 },
});
