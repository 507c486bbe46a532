import type { Saved } from "../../store.ts";
import { REGIONS } from "../datacenters.ts";

/** A disk that droplets can be made of: one of the platform's, or an account's own. */
export interface Image {
  type: "snapshot" | "backup" | "custom";
  distribution: string;
  slug: string | null;
  public: boolean;
  regions: readonly string[];
  /** GiB */
  min_disk_size: number;
  /** GiB */
  size_gigabytes: number;
  description: string;
  /** A 1-Click App's. */
  application?: true;
  /** The droplet that it was made from. */
  droplet?: string;
  /** A custom image is being fetched until then, milliseconds since the epoch; null for ever. */
  ready?: number | null;
}

/** They begin below every id that the cloud gives out. */
const FIRST_ID = 90_000_000;
const PUBLISHED = Date.UTC(2026, 7, 1);

const distributions: [slug: string, distribution: string, name: string, minDisk: number][] = [
  ["almalinux-8-x64", "AlmaLinux", "AlmaLinux 8", 10],
  ["almalinux-9-x64", "AlmaLinux", "AlmaLinux 9", 10],
  ["almalinux-10-x64", "AlmaLinux", "AlmaLinux 10", 10],
  ["centos-stream-9-x64", "CentOS", "9 Stream x64", 10],
  ["centos-stream-10-x64", "CentOS", "10 Stream x64", 10],
  ["debian-11-x64", "Debian", "11 x64", 7],
  ["debian-12-x64", "Debian", "12 x64", 7],
  ["debian-13-x64", "Debian", "13 x64", 7],
  ["fedora-42-x64", "Fedora", "42 x64", 15],
  ["fedora-43-x64", "Fedora", "43 x64", 15],
  ["rockylinux-8-x64", "Rocky Linux", "Rocky Linux 8 x64", 10],
  ["rockylinux-9-x64", "Rocky Linux", "Rocky Linux 9 x64", 10],
  ["rockylinux-10-x64", "Rocky Linux", "Rocky Linux 10 x64", 10],
  ["ubuntu-20-04-x64", "Ubuntu", "20.04 (LTS) x64", 7],
  ["ubuntu-22-04-x64", "Ubuntu", "22.04 (LTS) x64", 7],
  ["ubuntu-24-04-x64", "Ubuntu", "24.04 (LTS) x64", 7],
  ["ubuntu-25-10-x64", "Ubuntu", "25.10 x64", 7],
];
const applications: typeof distributions = [
  ["docker-20-04", "Ubuntu", "Docker on Ubuntu 22.04", 25],
  ["nodejs-20-04", "Ubuntu", "NodeJS on Ubuntu 22.04", 25],
];

const image = (
  [slug, distribution, name, minDisk]: (typeof distributions)[number],
  place: number,
  isApplication: boolean,
): Saved<Image> => ({
  kind: "image",
  id: String(FIRST_ID + place),
  parent: "",
  name,
  createdAt: PUBLISHED,
  type: "snapshot", // so the platform calls them too; "base" is in its description only
  distribution,
  slug,
  public: true,
  regions: REGIONS,
  min_disk_size: minDisk,
  size_gigabytes: 2.5,
  description: `${name} image`,
  ...(isApplication && { application: true }),
});

/** The images that are everyone's, by the slugs that `doctl compute image list --public` shows (2026-08): a choice. */
export const PUBLIC_IMAGES: readonly Saved<Image>[] = [
  ...distributions.map((facts, place) => image(facts, place, false)),
  ...applications.map((facts, place) => image(facts, distributions.length + place, true)),
];
