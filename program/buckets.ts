import type * as pulumi from "@pulumi/pulumi";
import { spacesRegion } from "../components/catalog.ts";
import { DocumentStore, type Domain, PublicAssets } from "../components/index.ts";
import type { protections } from "../settings/stack.ts";
import type { Settings } from "../settings.ts";

/** The buckets that a stack has; undefined where the product does without. */
export interface Buckets {
  documents: DocumentStore | undefined;
  assets: PublicAssets | undefined;
}

/**
 * Base URL of Spaces in a region, where it is not DigitalOcean's own: from the environment, the address of a local cloud. Its names are for
 * the provider, which goes through a proxy; not every resolver knows them (`*.localhost`).
 */
export function spacesEndpoint(region: string): string | undefined {
  const { BREAKWATER_SPACES_PROXY: address, SPACES_ENDPOINT_URL: template } = process.env;
  return address || template?.replace(/\{\{ *\.Region *\}\}/, region) || undefined;
}

/** `domain` has the certificate of a host name for the assets inside it. */
export function makeBuckets(
  settings: Settings,
  prefix: string,
  protection: ReturnType<typeof protections>,
  domain: Domain | undefined,
  opts: pulumi.ComponentResourceOptions,
): Buckets {
  const common = (section: "documents" | "assets") => {
    const given = settings[section];
    const region = given.region ?? spacesRegion(settings.region);
    const named = given.name ?? given.import;
    return {
      region,
      bucketName: given.name,
      namePrefix: named === undefined ? `${prefix}-${section}` : undefined,
      import: given.import,
      keyGeneration: given.keyGeneration,
      keepPreviousKey: given.keepPreviousKey,
      endpoint: spacesEndpoint(region),
      forceDestroy: settings.rehearsal,
    };
  };
  const documents = settings.documents.enabled
    ? new DocumentStore(
        "documents",
        {
          ...common("documents"),
          keepDeletedDays: settings.documents.keepDeletedDays,
          protection: protection.of("documents"),
        },
        opts,
      )
    : undefined;
  const { enabled, ttlSeconds, customDomain, certificateName } = settings.assets;
  const own = customDomain !== undefined && certificateName === undefined;
  const assets = enabled
    ? new PublicAssets(
        "assets",
        {
          ...common("assets"),
          ttlSeconds,
          customDomain,
          certificateName: own ? domain?.certificate("assets") : certificateName,
          protection: protection.of("assets"),
        },
        // Not for the whole of it: what browsers may do with documents depends on the product, and that on the assets.
        { ...opts, dependsOn: documents?.cdn },
      )
    : undefined;
  return { documents, assets };
}
