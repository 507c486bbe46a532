import { z } from "zod";
import { type SpacesRegion, spacesRegions } from "../components/catalog.ts";
import { bucketImport, bucketName, key } from "./buckets.ts";
import { integer } from "./kinds.ts";
import { field } from "./schema-kit.ts";

/** The region of Spaces in which a stack's dumps lie when it does not say: far enough for one not to fail with the other. */
export const otherRegion: Record<SpacesRegion, SpacesRegion> = {
  ams3: "fra1",
  atl1: "sfo3",
  blr1: "sgp1",
  fra1: "ams3",
  lon1: "ams3",
  nyc3: "sfo3",
  sfo2: "nyc3",
  sfo3: "nyc3",
  sgp1: "blr1",
  syd1: "sgp1",
  tor1: "nyc3",
};

/** Recipient of the identity that lies in this repository (runbooks/local-identity.txt): anyone has it. */
export const localRecipient = "age134ttc5shqd36akqwzg9xlup0ylt9xmgy743tjgelcm2wevxf2crsfdqgv7";

/** Settings of the dumps that are kept away from the databases. */
export const dumps = z.strictObject({
  recipients: field(z.array(z.string().regex(/^age1[02-9ac-hj-np-z]{50,}$/)), {
    description:
      "Public keys (`age1...`) that dumps are encrypted for; each has a private key that the team keeps offline. Without any there are no dumps.",
    default: [],
    effect: "restarts",
    allowed: "must be public keys of age, such as `age-keygen` prints",
  }),
  region: field(z.enum(spacesRegions).optional(), {
    description: "Region of Spaces, another than that of the databases. Without it, one that is far enough.",
    effect: "replaces",
  }),
  everyHours: field(integer(1, 168), {
    description: "Hours between two dumps of each database. One that was missed is made as soon as possible.",
    default: 24,
    effect: "restarts",
  }),
  hour: field(integer(0, 23), {
    description: "Hour of the day at which one of them is made, UTC.",
    default: 3,
    effect: "restarts",
  }),
  keepDays: field(integer(1, 3650), {
    description: "Days for which dumps are kept. The last three stay however old they are.",
    default: 35,
    effect: "restarts",
  }),
  keepDeletedDays: field(integer(1, 3650), {
    description: "Days for which a dump that was deleted or overwritten can be brought back.",
    default: 30,
  }),
  heartbeatUrl: field(z.url({ protocol: /^https$/ }).optional(), {
    description:
      "Address that is asked for after each dump: of a service that tells the team when it misses one.",
    effect: "restarts",
    allowed: "must be an https:// address",
  }),
  name: bucketName("dumps"),
  ...key,
  import: bucketImport,
});
