import type * as digitalocean from "@pulumi/digitalocean";
import type * as random from "@pulumi/random";
import type { Protection, Transform } from "./base.ts";
import type { SpacesRegion } from "./catalog.ts";

/** What the buckets have in common. */
export interface BucketArgs {
  /** Region of Spaces. **A change replaces the bucket: its objects are lost.** */
  region: SpacesRegion;
  /**
   * Name, unique on the whole platform: 3 to 63 lower-case letters, digits and dashes. **A change replaces the bucket.**
   * @default `namePrefix` and eight random hex digits, chosen once
   */
  bucketName?: string;
  /** What a chosen name begins with; excludes `bucketName`. **A change replaces the bucket.** @default the component's logical name */
  namePrefix?: string;
  /**
   * 1 or more; **raising it makes a new key**, and deletes the old one when whatever uses it has the new one.
   * @default 1
   */
  keyGeneration?: number;
  /** Let the key of the generation before it live on, until an update without it. @default false */
  keepPreviousKey?: boolean;
  /** Delete a bucket with everything in it. For rehearsals: **nothing brings objects back**. Warned about. @default false */
  forceDestroy?: boolean;
  /** Base URL of Spaces in the region. A local cloud has its own. @default "https://<region>.digitaloceanspaces.com" */
  endpoint?: string;
  /** `<region>,<name>` of a bucket to take over instead of creating one. Keys never: nobody can ask for theirs again. @default none */
  import?: string;
  /** How replacement and deletion of the bucket are met. @default protected and retained */
  protection?: Protection<"bucket">;
}

/** Changes of the resources that every bucket wraps. */
export interface BucketTransforms {
  /** @default unchanged */
  bucket?: Transform<digitalocean.SpacesBucketArgs>;
  /** @default unchanged */
  suffix?: Transform<random.RandomIdArgs>;
  /** @default unchanged */
  key?: Transform<digitalocean.SpacesKeyArgs>;
  /** @default unchanged */
  cdn?: Transform<digitalocean.CdnArgs>;
  /** @default unchanged */
  cors?: Transform<digitalocean.SpacesBucketCorsConfigurationArgs>;
}
