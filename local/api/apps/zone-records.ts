import type { Call } from "../../call.ts";
import type { Saved } from "../../store.ts";
import { addRecord, recordsAt, removeRecord, domains as zones } from "../domains/domains.ts";
import type { App, AppDomain } from "./apps.ts";

/**
 * The records of an app's domains whose spec names a `zone` of the account: App Platform writes them, and takes them
 * away with the domain or the app. Someone else's record of that name stands beside an A record, and keeps an alias out.
 */
export function withZoneRecords(
  call: Call<unknown>,
  app: Saved<App>,
  before: readonly AppDomain[],
): Saved<App> {
  const wanted = app.domains.map((domain) => ({
    ...domain,
    zone: app.spec.domains?.find((one) => one.domain === domain.domain)?.zone?.toLowerCase(),
  }));
  for (const { record } of before)
    if (record && !wanted.some((one) => one.record?.id === record.id && one.zone === record.zone))
      removeRecord(call, record.zone, record.id);
  return { ...app, domains: wanted.map(({ zone, ...domain }) => withRecord(call, app, domain, zone)) };
}

function withRecord(
  call: Call<unknown>,
  app: Saved<App>,
  domain: AppDomain,
  zone: string | undefined,
): AppDomain {
  if (domain.record?.zone === zone) return domain;
  const { record: _, ...bare } = domain;
  const found = zone === undefined ? undefined : zones.find(call, zone);
  const host = domain.domain.toLowerCase().replace(/\.$/, "");
  if (!found || !`.${host}`.endsWith(`.${found.name}`)) return bare;
  const name = host === found.name ? "@" : host.slice(0, -found.name.length - 1);
  const isApex = name === "@";
  if (!isApex && recordsAt(call, found, name).length > 0) return bare;
  // A zone's own name can't be an alias.
  const record = isApex
    ? addRecord(call, found, { type: "A", name, data: new URL(app.url).hostname })
    : addRecord(call, found, { type: "CNAME", name, data: `${app.name}.ondigitalocean.app` });
  return { ...bare, record: { zone: found.name, id: record.id } };
}
