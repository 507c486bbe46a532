import type { DomainArgs, Mail } from "../components/index.ts";
import type { Settings } from "../settings.ts";

/** Arguments of components that follow from several settings. */

/** The Slack channel that a section names, with the stack's webhook. */
export function slackOf({ slackWebhook }: Settings, channel: string | undefined) {
  return channel !== undefined && slackWebhook !== undefined ? { channel, url: slackWebhook } : undefined;
}

type DomainSettings = NonNullable<Settings["domain"]>;

/** The zone's arguments, protection aside. */
export function domainArgs(domain: DomainSettings, { compute, assets }: Settings): DomainArgs {
  const { name, host = name, ownership } = domain;
  const own = ownership === "own";
  // App Platform's certificates come from either of two authorities (DigitalOcean's documentation of app domains).
  const usual = compute === "droplets" ? ["letsencrypt.org"] : ["letsencrypt.org", "pki.goog"];
  return {
    zone: name,
    host,
    ownership,
    import: domain.import ? name : undefined,
    authorities: domain.authorities ?? (own ? usual : []),
    mail: mailOf(domain.mail, own),
    certificates: {
      // App Platform has its own for the app's domain.
      ...(compute === "droplets" && { product: [host] }),
      ...(assets.enabled &&
        assets.customDomain &&
        !assets.certificateName && { assets: [assets.customDomain] }),
    },
  };
}

function mailOf({ mode, mx, spf, dmarc }: DomainSettings["mail"], own: boolean): Mail {
  if (mode === "records" && spf !== undefined && dmarc !== undefined) return { mode, mx, spf, dmarc };
  return { mode: (mode ?? (own ? "none" : "elsewhere")) === "none" ? "none" : "elsewhere" };
}
