import * as command from "@pulumi/command";
import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

const count = new pulumi.Config().requireNumber("resources");
const makers = [
  (name) => new digitalocean.Tag(name, { name }),
  (name) => new random.RandomId(name, { byteLength: 8 }),
  (name) => new command.local.Command(name, { create: "true" }),
];
for (let index = 0; index < count; index++) makers[index % makers.length](`flat-${index}`);
