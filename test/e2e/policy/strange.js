// A program that does what programs do beside declaring resources. Each part is named by what it shows.
import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";

const region = "fra1";
const vpc = new digitalocean.Vpc("vpc", { region }, { protect: true });
const cluster = {
  engine: "pg",
  version: "17",
  size: "db-s-1vcpu-2gb",
  region,
  nodeCount: 2,
  privateNetworkUuid: vpc.id,
};
const droplet = {
  image: "ubuntu-24-04-x64",
  region,
  size: "s-1vcpu-1gb",
  vpcUuid: vpc.id,
  monitoring: true,
  sshKeys: ["1"],
};

// A transformation makes what is declared unsafe safe, and the other way round: what counts is what it leaves.
pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => {
  if (name === "made-safe") return { props: { ...props, acl: "private" }, opts: { ...opts, protect: true } };
  if (name === "made-unsafe") return { props: { ...props, acl: "public-read" }, opts };
  return type.endsWith(":SpacesBucket") ? { props: { ...props, forceDestroy: false }, opts } : undefined;
});
new digitalocean.SpacesBucket("made-safe", { region, acl: "public-read", versioning: { enabled: true } });
new digitalocean.SpacesBucket(
  "made-unsafe",
  { region, acl: "private", versioning: { enabled: true } },
  { protect: true },
);

// A provider of its own: with one on this machine nothing is real. Its token is in clear.
const here = new digitalocean.Provider("here", {
  token: pulumi.secret("a"),
  apiEndpoint: "http://127.0.0.1:9",
});
new digitalocean.Domain("of-here", { name: "here.example.com" }, { provider: here });

// Another logical name before, and another parent; replaced in the order that loses data first.
class Shop extends pulumi.ComponentResource {
  constructor(name) {
    super("shop:index:Shop", name);
    const options = {
      parent: this,
      aliases: [{ name: "old" }, { parent: pulumi.rootStackResource }],
      deleteBeforeReplace: true,
    };
    this.db = new digitalocean.DatabaseCluster("in-component", cluster, { ...options, protect: true });
    this.registerOutputs();
  }
}
const shop = new Shop("shop");

// Its firewall's rules are a mix of what is known and what will be.
new digitalocean.DatabaseFirewall("mixed", {
  clusterId: shop.db.id,
  rules: pulumi
    .all([vpc.ipRange, "0.0.0.0/0"])
    .apply((ranges) => ranges.map((value) => ({ type: "ip_addr", value }))),
});
new digitalocean.DatabaseFirewall("half-known", {
  clusterId: "5a4981aa-9653-4bd1-bef5-d6bff52042e4",
  rules: [
    { type: "ip_addr", value: vpc.ipRange },
    { type: "ip_addr", value: "0.0.0.0/0" },
  ],
});

// Tags that the program makes, by id and by name, and by way of a function.
const web = new digitalocean.Tag("web", { name: "web" });
const stateless = new digitalocean.Tag("stateless", { name: "stateless" });
new digitalocean.Droplet("by-tag", { ...droplet, tags: [web.id, stateless.id] });
new digitalocean.Droplet("kept", { ...droplet, tags: pulumi.all([web.name]).apply((names) => names) });
new digitalocean.Firewall("web", {
  tags: [web.id],
  inboundRules: [{ protocol: "tcp", portRange: "443", sourceLoadBalancerUids: [vpc.id] }],
});

// Made once something else is there: of the first preview it is not.
vpc.id.apply((id) => new digitalocean.Droplet("in-apply", { ...droplet, vpcUuid: id }));
pulumi
  .output("known")
  .apply((name) => new digitalocean.Droplet(`in-apply-${name}`, { ...droplet, region: "nyc3" }));

// What another stack tells.
const other = new pulumi.StackReference("organization/program/prod");
new digitalocean.LoadBalancer("of-another-stack", {
  region: "ams3",
  vpcUuid: other.getOutput("vpcId"),
  dropletTag: "web",
  sizeUnit: 2,
  forwardingRules: [{ entryPort: 80, entryProtocol: "http", targetPort: 80, targetProtocol: "http" }],
});
