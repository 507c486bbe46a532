import { z } from "zod";
import { dropletSizes } from "../components/catalog.ts";
import { ha, integer } from "./kinds.ts";
import { type Defaults, field, type Neighbours } from "./schema-kit.ts";

/** Nobody has its private half: droplets of this machine's cloud are no computers that one could log in to. */
const nobodysKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEa1y8X95gH3QpGE58UNyty6JUntex7xobuCZKlztX3B nobody";

/** Settings of droplets, with `compute: droplets`. */
export const droplets = z.strictObject({
  size: field(z.enum(dropletSizes), {
    description: "Plan of each droplet.",
    default: (c: Defaults) => (ha(c) ? "s-2vcpu-4gb" : "s-1vcpu-1gb"),
    effect: "restarts",
  }),
  instances: field(integer(1, 500).optional(), {
    description: "Droplets. Two or more survive the loss of one. Excludes `autoscale`.",
    default: (c: Defaults, { autoscale }: Neighbours) =>
      autoscale === undefined ? (ha(c) ? 2 : 1) : undefined,
  }),
  autoscale: field(
    z
      .strictObject({
        min: field(integer(1, 500), { description: "Droplets at least.", default: 2 }),
        max: field(integer(2, 1000), { description: "Droplets at most.", default: 4 }),
        cpuPercent: field(integer(5, 100), { description: "CPU that it aims at.", default: 70 }),
        memoryPercent: field(integer(5, 100).optional(), { description: "Memory that it aims at." }),
        cooldownMinutes: field(integer(5, 20), { description: "Minutes between two steps.", default: 10 }),
      })
      .optional(),
    { description: "Scales by CPU and memory. Excludes `instances`." },
  ),
  systemImage: field(z.string().regex(/^(ubuntu|debian)-[a-z0-9-]+$/), {
    description: "System image. Docker is installed at the first boot.",
    default: "ubuntu-24-04-x64",
    effect: "restarts",
    allowed: "must be the slug of an Ubuntu or Debian image",
  }),
  sshKeys: field(z.array(z.string()), {
    description:
      "Who may log in as root: public keys, or fingerprints of keys that the account has. DigitalOcean demands one.",
    default: ({ environment }: Defaults) => (environment === "local" ? [nobodysKey] : []),
    effect: "restarts",
  }),
  sshFrom: field(z.array(z.string()), {
    description: "IPv4 addresses and ranges from which SSH can be reached: by default, none.",
    default: [],
  }),
  registry: field(
    z
      .string()
      .regex(/^[a-z0-9-]{3,63}$/)
      .optional(),
    {
      description: "Name of the account's registry, for an image from DOCR, instead of `project.name`.",
      effect: "restarts",
      allowed: "must be the registry's name",
    },
  ),
  outboundPorts: field(z.array(integer(1, 65_535)), {
    description:
      "TCP ports beside 80 and 443 that droplets may reach on the internet, such as an external database's.",
    default: [],
  }),
  syslog: field(z.string().optional(), {
    description: "`host:port` that gets the product's log over TLS (syslog).",
    effect: "restarts",
  }),
});
