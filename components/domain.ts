import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { Component, guarded, InvalidArguments, type Protection, type Transform } from "./base.ts";
import { domainProblems, type Mail, type Rec, recordName, recordsOf } from "./domain-rules.ts";

export type { Mail } from "./domain-rules.ts";

export interface DomainArgs {
  /** The zone: `example.com`. Its registrar must delegate it to `ns1` to `ns3.digitalocean.com`. **A change replaces the zone.** */
  zone: string;
  /** Whether the stack makes the zone, or finds it at DigitalOcean and only adds records. @default "own" */
  ownership?: "own" | "existing";
  /** Name of a zone at DigitalOcean that the stack takes over: the zone's own. Excludes `ownership: existing`. @default none */
  import?: string;
  /** Host name of the product: the zone itself, or one inside it. @default the zone */
  host?: string;
  /**
   * Certificate authorities that may issue for the zone; `[]` writes no CAA record.
   * @default Let's Encrypt, which DigitalOcean uses for balancers and CDN
   */
  authorities?: string[];
  /** Who may send mail from the zone. @default nobody: SPF `-all`, DMARC `reject`, no DKIM key */
  mail?: Mail;
  /** Host names that each get a Let's Encrypt certificate, by a name for it. @default none */
  certificates?: Record<string, string[]>;
  /** How deletion of the zone is met. @default protected and retained */
  protection?: Protection<"zone">;
  /** Changes the wrapped resources. @default unchanged */
  transform?: {
    zone?: Transform<digitalocean.DomainArgs>;
    record?: Transform<digitalocean.DnsRecordArgs>;
    certificate?: Transform<digitalocean.CertificateArgs>;
  };
}

/**
 * A zone with its records and certificates. Each record has one owner: this component, except for the address of an app,
 * which App Platform writes itself when the app names the zone.
 *
 * Certificates get a new name with every change, since names are unique and one in use can't be deleted: the new one is
 * there before the old one goes (terraform-provider-digitalocean#98). DigitalOcean tries a Let's Encrypt certificate four
 * times within the hour; the domain must be delegated by then.
 */
export class Domain extends Component {
  readonly zone: pulumi.Output<string>;
  readonly host: string;
  readonly #certificates = new Map<string, pulumi.Output<string>>();
  readonly #transform: DomainArgs["transform"];

  /** @throws InvalidArguments before anything is created. */
  constructor(name: string, args: DomainArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = domainProblems(args);
    if (problems.length) throw new InvalidArguments(name, problems);
    const { zone, ownership = "own", host = zone, certificates = {}, protection } = args;
    super("breakwater:network:Domain", name, { zone, ownership, host }, opts);
    this.host = host;
    this.#transform = args.transform;

    const before: pulumi.Resource[] = [];
    if (ownership === "existing") this.zone = pulumi.output(zone);
    else {
      this.warnUnprotected(protection);
      const domain = this.child(
        digitalocean.Domain,
        "zone",
        { name: zone },
        { ...guarded(protection, "zone"), import: args.import, deleteBeforeReplace: false },
        args.transform?.zone,
      );
      this.zone = domain.name;
      before.push(domain);
    }
    before.push(...recordsOf(args).map(([suffix, record]) => this.#record(suffix, record)));
    for (const [key, domains] of Object.entries(certificates)) {
      const certificate = this.child(
        digitalocean.Certificate,
        `certificate-${key}`,
        { type: "lets_encrypt", domains },
        { deleteBeforeReplace: false, customTimeouts: { create: "60m" }, dependsOn: before },
        args.transform?.certificate,
      );
      this.#certificates.set(key, certificate.name);
    }
    this.registerOutputs({ zone: this.zone, host });
  }

  /** Name of a certificate, by which balancers and CDN endpoints ask for it. @throws RunError when there is none. */
  certificate(key: string): pulumi.Output<string> {
    const found = this.#certificates.get(key);
    if (!found)
      throw new pulumi.RunError(`no certificate ${key}: there is ${[...this.#certificates.keys()]}`);
    return found;
  }

  /** Leads the host to an IPv4 address. */
  pointTo(address: pulumi.Input<string>): void {
    this.#record("host", { type: "A", name: this.host, value: address, ttl: 300 });
  }

  #record(suffix: string, { name, ...record }: Rec): digitalocean.DnsRecord {
    // The name of the zone rather than its id (terraform-provider-digitalocean#992).
    const domain = this.zone;
    const args = { ...record, domain, name: domain.apply((zone) => recordName(name, zone)) };
    return this.child(digitalocean.DnsRecord, suffix, args, {}, this.#transform?.record);
  }
}
