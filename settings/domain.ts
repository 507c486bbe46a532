import { z } from "zod";
import { integer } from "./kinds.ts";
import { field } from "./schema-kit.ts";

const host = () =>
  z
    .string()
    .max(253)
    .regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/);
const hostAllowed = "must be a host name such as www.example.com, in lower case";

/** Settings of the zone. */
export const domain = z.strictObject({
  name: field(host(), {
    description: "The zone. Its registrar delegates it to `ns1.digitalocean.com` to `ns3.digitalocean.com`.",
    effect: "replaces",
    allowed: hostAllowed,
  }),
  host: field(host().optional(), {
    description: "Host name of the product: the zone by default, or one inside it.",
    effect: "restarts",
    allowed: hostAllowed,
  }),
  ownership: field(z.enum(["own", "existing"]), {
    description:
      "`own`: the stack makes the zone, or takes it over with `import`. `existing`: another stack or person has it, and this one adds records.",
    default: "own",
    effect: "replaces",
  }),
  import: field(z.boolean(), {
    description: "The zone is at DigitalOcean already, and the stack takes it over.",
    default: false,
  }),
  authorities: field(z.array(host()).optional(), {
    description:
      "Certificate authorities that may issue for the zone (CAA). By default those that DigitalOcean uses; with an existing zone, none is written.",
    allowed: hostAllowed,
  }),
  mail: field(
    z.strictObject({
      mode: field(z.enum(["none", "records", "elsewhere"]).optional(), {
        description:
          "`none`: nobody may send mail from the zone (SPF `-all`, DMARC `reject`). `records`: those below. `elsewhere`: the stack leaves them alone. `none` for a zone of its own, `elsewhere` for an existing one.",
      }),
      mx: field(
        z.array(
          z.strictObject({
            host: field(host(), { description: "Server that receives mail.", allowed: hostAllowed }),
            priority: field(integer(0, 65_535), { description: "The lowest is asked first.", default: 10 }),
          }),
        ),
        { description: "Mail servers, with `records`.", default: [] },
      ),
      spf: field(
        z
          .string()
          .regex(/^v=spf1 .*[-~]all$/)
          .optional(),
        {
          description: "The SPF record, with `records`.",
          allowed: "must begin with v=spf1 and end with -all or ~all",
        },
      ),
      dmarc: field(
        z
          .string()
          .regex(/^v=DMARC1; *p=(none|quarantine|reject)\b/)
          .optional(),
        {
          description: "The DMARC record, with `records`.",
          allowed: "must begin with v=DMARC1; p= and none, quarantine or reject",
        },
      ),
    }),
    { description: "Who may send mail from the zone." },
  ),
});
