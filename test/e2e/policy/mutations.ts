import { types } from "../../../policies/resources.ts";
import type { Part, Scene, scenes } from "./scenes.ts";

/** One line of a stack changed, and the one rule that stops it. */
export type Mutation = [
  rule: string,
  scene: keyof typeof scenes,
  change: (edit: Editor) => void,
  says: RegExp,
];

/** Changes the parts of a scene, which are named without its prefix. */
export class Editor {
  readonly of: string;
  readonly #scene: Scene;

  constructor(scene: Scene, of: string) {
    this.#scene = scene;
    this.of = of;
  }

  /** Sets an input: `rules[0].value`, or all of them. */
  set(part: string, path: string, value: unknown): void {
    const it = this.#part(part);
    if (path === "") it.inputs = Object(value);
    else Reflect.set(...this.#place(part, path), value);
  }

  remove(part: string, path: string): void {
    const [holder, key] = this.#place(part, path);
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else Reflect.deleteProperty(holder, key);
  }

  push(part: string, path: string, value: unknown): void {
    const list: unknown = Reflect.get(...this.#place(part, path));
    if (!Array.isArray(list)) throw new Error(`${part} has no list ${path}`);
    list.push(value);
  }

  options(part: string, options: Part["options"]): void {
    this.#part(part).options = options;
  }

  add(part: string, it: Part): void {
    this.#scene[`${this.of}${part}`] = it;
  }

  drop(part: string): void {
    delete this.#scene[`${this.of}${part}`];
  }

  #part(name: string): Part {
    const part = this.#scene[`${this.of}${name}`];
    if (!part) throw new Error(`the scene has no ${name}`);
    return part;
  }

  #place(part: string, path: string): [holder: object, key: string] {
    const keys = path.split(/[.[\]]+/).filter(Boolean);
    const last = keys.pop() ?? "";
    const holder = keys.reduce<unknown>(
      (inner, key) => Reflect.get(Object(inner), key),
      this.#part(part).inputs,
    );
    if (typeof holder !== "object" || holder === null) throw new Error(`${part} has no ${path}`);
    return [holder, last];
  }
}

const token = `dop_v1_${"0123456789abcdef".repeat(4)}`;
export const mutations: Mutation[] = [
  [
    "alert-delivered",
    "site",
    (edit) => {
      edit.set("down", "notifications", [{}]);
    },
    /notifications: the alert goes to nobody\. To fix: name e-mail/,
  ],
  [
    "app-alerts",
    "site",
    (edit) => {
      edit.set("app", "spec.alerts", []);
    },
    /spec\.alerts: nobody hears of DEPLOYMENT_FAILED/,
  ],
  [
    "app-component-alerts",
    "site",
    (edit) => {
      edit.remove("app", "spec.services[0].alerts[2]");
    },
    /alerts: nobody hears of RESTART_COUNT/,
  ],
  [
    "app-cors-narrow",
    "site",
    (edit) => {
      edit.set("app", "spec.ingress", {
        rules: [{ component: { name: "api" }, cors: { allowOrigins: { regex: ".*" } } }],
      });
    },
    /allowOrigins\.regex: any site may call/,
  ],
  [
    "app-database-managed",
    "site",
    (edit) => {
      edit.set("app", "spec.databases", [{ name: "db", engine: "PG", production: false }]);
    },
    /production: a development database/,
  ],
  [
    "app-image-pinned",
    "site",
    (edit) => {
      edit.set("app", "spec.services[0].image.tag", "latest");
    },
    /image\.tag: nobody knows which version/,
  ],
  [
    "app-instances",
    "site",
    (edit) => {
      edit.set("app", "spec.services[0].instanceCount", 1);
    },
    /instanceCount: one container/,
  ],
  [
    "app-redirect-https",
    "site",
    (edit) => {
      edit.set("app", "spec.ingress", {
        rules: [{ match: { path: { prefix: "/" } }, redirect: { scheme: "http", uri: "/x" } }],
      });
    },
    /redirect\.scheme: people are redirected to http/,
  ],
  [
    "app-variable-encrypted",
    "site",
    (edit) => {
      edit.push("app", "spec.services[0].envs", { key: "API_KEY", value: "x", type: "GENERAL" });
    },
    /envs\[\d\]\.type: the name says that it is a secret/,
  ],
  [
    "app-variables-not-ignored",
    "site",
    (edit) => {
      edit.options("app", { ignoreChanges: ["spec.services[0].envs"] });
    },
    /the wrong values would be sent/,
  ],
  [
    "bucket-cors-narrow",
    "files",
    (edit) => {
      edit.set("cors", "corsRules[0].allowedOrigins", ["*"]);
    },
    /allowedOrigins\[0\]: any site/,
  ],
  [
    "bucket-force-destroy",
    "files",
    (edit) => {
      edit.set("documents", "forceDestroy", true);
    },
    /forceDestroy: a deletion empties the bucket/,
  ],
  [
    "bucket-lifecycle",
    "files",
    (edit) => {
      edit.remove("documents", "lifecycleRules");
    },
    /lifecycleRules: old versions of objects are kept for ever/,
  ],
  [
    "bucket-object-private",
    "files",
    (edit) => {
      edit.set("object", "acl", "public-read");
    },
    /acl: the object is "public-read" in a bucket that no CDN serves/,
  ],
  [
    "bucket-policy-private",
    "files",
    (edit) => {
      edit.add("policy", {
        type: types.spacesBucketPolicy,
        inputs: {
          region: "fra1",
          bucket: `${edit.of}documents`,
          policy:
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject"}]}',
        },
      });
    },
    /policy: statement 1 lets everybody in/,
  ],
  [
    "bucket-private",
    "files",
    (edit) => {
      edit.set("documents", "acl", "public-read");
    },
    /acl: the bucket is "public-read"/,
  ],
  [
    "bucket-versioning",
    "files",
    (edit) => {
      edit.set("documents", "versioning", { enabled: false });
    },
    /versioning\.enabled: what is overwritten or deleted is gone/,
  ],
  [
    "cdn-certificate",
    "files",
    (edit) => {
      edit.set("cdn", "customDomain", "static.example.com");
    },
    /certificateName: the domain has no certificate/,
  ],
  [
    "certificate-valid",
    "names",
    (edit) => {
      edit.set("certificate", "", {
        name: "own",
        type: "custom",
        leafCertificate: "none",
        privateKey: { secret: "x" },
      });
    },
    /leafCertificate: this is no certificate/,
  ],
  [
    "credentials-in-clear",
    "droplets",
    (edit) => {
      edit.push("web", "tags", token);
    },
    /tags\[1\]: a DigitalOcean token stands here in clear \(71 characters\)/,
  ],
  [
    "database-alerts",
    "database",
    (edit) => {
      edit.drop("cpu_alerts");
    },
    /nobody hears of CPU/,
  ],
  [
    "database-cluster-firewalled",
    "database",
    (edit) => {
      edit.drop("firewall");
    },
    /no firewall, so the internet reaches it/,
  ],
  [
    "database-cluster-private-network",
    "database",
    (edit) => {
      edit.remove("db", "privateNetworkUuid");
    },
    /privateNetworkUuid: no VPC is named/,
  ],
  [
    "database-firewall-narrow",
    "database",
    (edit) => {
      edit.set("firewall", "rules[0].value", "0.0.0.0/0");
    },
    /rules\[0\]\.value: a \/0 is trusted/,
  ],
  [
    "database-least-privilege",
    "database",
    (edit) => {
      edit.set("pool", "user", "doadmin");
    },
    /user: the product would be the cluster's administrator/,
  ],
  [
    "database-standby",
    "database",
    (edit) => {
      edit.set("db", "nodeCount", 1);
    },
    /nodeCount: 1 node, and nothing stands by/,
  ],
  [
    "database-uri-tls",
    "site",
    (edit) => {
      edit.push("app", "spec.services[0].envs", {
        key: "UPSTREAM",
        value: "postgres://db/x?sslmode=disable",
        type: "GENERAL",
      });
    },
    /value: PostgreSQL may be reached without TLS/,
  ],
  [
    "database-version-supported",
    "database",
    (edit) => {
      edit.set("db", "version", "13");
    },
    /version: support of this version of pg is over since 2025-11-13/,
  ],
  [
    "dns-spf-closed",
    "names",
    (edit) => {
      edit.set("spf", "value", "v=spf1 +all");
    },
    /value: anybody may send mail/,
  ],
  [
    "droplet-alerts",
    "droplets",
    (edit) => {
      edit.set("cpu", "tags", ["other"]);
    },
    /nobody hears of CPU/,
  ],
  [
    "droplet-backups",
    "droplets",
    (edit) => {
      edit.set("web", "backups", false);
    },
    /backups: nothing brings back/,
  ],
  [
    "droplet-firewalled",
    "droplets",
    (edit) => {
      edit.set("firewall", "tags", ["other"]);
    },
    /no firewall is for it/,
  ],
  [
    "droplet-image-approved",
    "droplets",
    (edit) => {
      edit.set("web", "image", "155133621");
    },
    /image: nobody has approved this custom image/,
  ],
  [
    "droplet-image-supported",
    "droplets",
    (edit) => {
      edit.set("web", "image", "ubuntu-20-04-x64");
    },
    /image: its updates ended on 2025-05-31/,
  ],
  [
    "droplet-monitoring",
    "droplets",
    (edit) => {
      edit.set("web", "monitoring", false);
    },
    /monitoring: nobody sees its memory/,
  ],
  [
    "droplet-private-network",
    "droplets",
    (edit) => {
      edit.remove("web", "vpcUuid");
    },
    /vpcUuid: no VPC is named/,
  ],
  [
    "droplet-ssh-keys",
    "droplets",
    (edit) => {
      edit.set("web", "sshKeys", []);
    },
    /sshKeys: there is no key/,
  ],
  [
    "droplet-user-data-secrets",
    "droplets",
    (edit) => {
      edit.set("web", "userData", "#!/bin/sh\nexport DB_PASSWORD=hunter2\n");
    },
    /userData: the value of DB_PASSWORD is in it/,
  ],
  [
    "firewall-backend-private",
    "balanced",
    (edit) => {
      edit.set("firewall", "inboundRules[0].sourceAddresses", ["203.0.113.7"]);
    },
    /sourceAddresses\[0\]: a public address reaches the backend past its balancer/,
  ],
  [
    "firewall-egress-narrow",
    "droplets",
    (edit) => {
      edit.set("firewall", "outboundRules[0].portRange", "1-65535");
    },
    /the internet may be reached on tcp ports 1 to 65535/,
  ],
  [
    "firewall-ingress-narrow",
    "droplets",
    (edit) => {
      edit.set("firewall", "inboundRules", [
        { protocol: "tcp", portRange: "22", sourceAddresses: ["0.0.0.0/0"] },
      ]);
    },
    /a \/0 of the internet is let in on port 22 \(SSH\)/,
  ],
  [
    "load-balancer-alerts",
    "balanced",
    (edit) => {
      edit.drop("errors");
    },
    /nobody hears of server errors/,
  ],
  [
    "load-balancer-allow-list",
    "balanced",
    (edit) => {
      edit.set("balancer", "firewall", { allows: ["cidr:0.0.0.0/0"] });
    },
    /firewall\.allows\[0\]: a \/0 of the internet is allowed/,
  ],
  [
    "load-balancer-certificate",
    "balanced",
    (edit) => {
      edit.remove("balancer", "forwardingRules[1].certificateName");
    },
    /certificateName: this entry has no certificate/,
  ],
  [
    "load-balancer-ciphers",
    "balanced",
    (edit) => {
      edit.set("balancer", "tlsCipherPolicy", "DEFAULT");
    },
    /tlsCipherPolicy: weak ciphers/,
  ],
  [
    "load-balancer-https",
    "balanced",
    (edit) => {
      edit.set("balancer", "redirectHttpToHttps", false);
    },
    /entryProtocol: http is served as it is/,
  ],
  [
    "load-balancer-in-use",
    "balanced",
    (edit) => {
      edit.remove("balancer", "dropletTag");
    },
    /no droplet of the stack is behind it/,
  ],
  [
    "load-balancer-nodes",
    "balanced",
    (edit) => {
      edit.set("balancer", "sizeUnit", 1);
    },
    /sizeUnit: one node/,
  ],
  [
    "load-balancer-private-network",
    "balanced",
    (edit) => {
      edit.remove("balancer", "vpcUuid");
    },
    /vpcUuid: no VPC is named/,
  ],
  [
    "reserved-ip-in-use",
    "droplets",
    (edit) => {
      edit.remove("address", "dropletId");
    },
    /dropletId: it is paid for and leads nowhere/,
  ],
  [
    "secret-inputs-marked",
    "database",
    (edit) => {
      edit.set("cpu_alerts", "alerts", { slacks: [{ channel: "ops", url: "https://example.com/hook" }] });
    },
    /alerts\.slacks\[0\]\.url: it is a secret, and the state keeps it in clear/,
  ],
  [
    "spaces-key-scoped",
    "files",
    (edit) => {
      edit.push("key", "grants", { bucket: "", permission: "fullaccess" });
    },
    /permission: the key opens every bucket/,
  ],
  [
    "ssh-key-strong",
    "droplets",
    (edit) => {
      edit.set("key", "publicKey", "ssh-dss AAAAB3NzaC1kc3M=");
    },
    /publicKey: this is a DSA key/,
  ],
  [
    "stateful-protected",
    "database",
    (edit) => {
      edit.options("db", {});
    },
    /an update may replace or delete it/,
  ],
  [
    "uptime-check-alerts",
    "site",
    (edit) => {
      edit.drop("ssl_expiry");
    },
    /no alert of type ssl_expiry/,
  ],
  [
    "valkey-eviction",
    "cache",
    (edit) => {
      edit.remove("config", "valkeyMaxmemoryPolicy");
    },
    /nobody has chosen what it forgets/,
  ],
  [
    "valkey-tls",
    "cache",
    (edit) => {
      edit.set("config", "ssl", false);
    },
    /ssl: connections without TLS/,
  ],
];
