import type * as pulumi from "@pulumi/pulumi";
import type { DomainArgs } from "./domain.ts";
import { nameProblem } from "./names.ts";

/** Who may send mail from a zone. */
export type Mail =
  | {
      /** `none`: nobody sends or receives. `elsewhere`: other hands look after these records. */
      mode: "none" | "elsewhere";
    }
  | {
      /** The records below. */
      mode: "records";
      /** Servers that receive mail. @default none */
      mx?: { host: string; priority: number }[];
      /** The SPF record: `v=spf1 include:mail.example -all`. */
      spf: string;
      /** The DMARC record: `v=DMARC1; p=reject; rua=mailto:dmarc@example.com`. */
      dmarc: string;
    };

/** A record whose name is a full host name. */
export interface Rec {
  /** Type of the record. */
  type: "A" | "CAA" | "MX" | "TXT";
  /** The full host name. */
  name: string;
  /** What it says. */
  value: pulumi.Input<string>;
  /** Seconds that others may remember it. @default DigitalOcean's own, 1800 */
  ttl?: number;
  /** Priority of a mail server, the lowest first. @default none */
  priority?: number;
  /** Flags of a CAA record. @default none */
  flags?: number;
  /** Tag of a CAA record. @default none */
  tag?: string;
}

/** `@` for the zone itself, `www` for `www.example.com`. */
export function recordName(host: string, zone: string): string {
  return host === zone ? "@" : host.slice(0, -zone.length - 1);
}

/** Whether a host name is the zone's, or one inside it. */
export function isInside(host: string, zone: string): boolean {
  return host === zone || host.endsWith(`.${zone}`);
}

/** The records that follow from the arguments, by the suffix of their logical name. */
export function recordsOf({ zone, authorities = ["letsencrypt.org"], mail }: DomainArgs): [string, Rec][] {
  const caa = authorities.map((authority): [string, Rec] => [
    `caa-${authority.replaceAll(".", "-")}`,
    // DigitalOcean gives the name back with its dot.
    { type: "CAA", name: zone, value: `${authority}.`, flags: 0, tag: "issue" },
  ]);
  if (mail?.mode === "elsewhere") return caa;
  const {
    spf,
    dmarc,
    mx = [],
  } = mail?.mode === "records"
    ? mail
    : { spf: "v=spf1 -all", dmarc: "v=DMARC1; p=reject; sp=reject; adkim=s; aspf=s" };
  // No key signs mail of a zone that sends none (RFC 6376: an empty `p` revokes).
  const dkim: [string, Rec][] =
    mail?.mode === "records"
      ? []
      : [["dkim", { type: "TXT", name: `*._domainkey.${zone}`, value: "v=DKIM1; p=" }]];
  return [
    ...caa,
    ...dkim,
    ["spf", { type: "TXT", name: zone, value: spf }],
    ["dmarc", { type: "TXT", name: `_dmarc.${zone}`, value: dmarc }],
    ...mx.map(({ host, priority }): [string, Rec] => [
      `mx-${host.replaceAll(".", "-")}`,
      { type: "MX", name: zone, value: `${host}.`, priority },
    ]),
  ];
}

/** What is wrong with these arguments, one line each. */
export function domainProblems(args: DomainArgs): string[] {
  const { zone, host = zone, authorities = [], certificates = {}, mail } = args;
  const problems: string[] = [];
  const hostProblem = (what: string, value: string) => {
    const problem = nameProblem("digitalocean:index/domain:Domain", value);
    if (problem) problems.push(`${what} ${value} ${problem}`);
  };
  hostProblem("zone", zone);
  hostProblem("host", host);
  for (const authority of authorities) hostProblem("authority", authority);
  if (!isInside(host, zone)) problems.push(`host ${host} must be ${zone} or inside it`);
  for (const domains of Object.values(certificates))
    for (const each of domains)
      if (!isInside(each, zone)) problems.push(`certificate for ${each} must be for ${zone} or inside it`);
  if (args.import !== undefined && args.ownership === "existing")
    problems.push("import can't go together with ownership existing, which leaves the zone alone");
  if (args.import !== undefined && args.import !== zone)
    problems.push(`import ${args.import} must be the zone's own name`);
  if (mail?.mode === "records") {
    if (!/^v=spf1 .*[-~]all$/.test(mail.spf))
      problems.push("mail.spf must begin with v=spf1 and end with -all or ~all");
    if (!/^v=DMARC1; *p=(none|quarantine|reject)\b/.test(mail.dmarc))
      problems.push("mail.dmarc must begin with v=DMARC1; p= and none, quarantine or reject");
    for (const { host: server } of mail.mx ?? []) hostProblem("mail.mx", server);
  }
  return problems;
}
