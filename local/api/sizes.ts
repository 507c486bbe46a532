import { ok, type Route } from "../call.ts";
import { page } from "../paging.ts";
import type { Area } from "./area.ts";
import { REGIONS } from "./datacenters.ts";

export interface Size {
  slug: string;
  /** MiB */
  memory: number;
  vcpus: number;
  /** GiB */
  disk: number;
  /** TiB a month */
  transfer: number;
  /** USD */
  monthly: number;
  description: string;
}

const size = (
  slug: string,
  memoryGib: number,
  vcpus: number,
  disk: number,
  transfer: number,
  monthly: number,
  description: string,
): Size => ({
  slug,
  memory: memoryGib * 1024,
  vcpus,
  disk,
  transfer,
  monthly,
  description,
});

/** The droplet plans that most programs use; https://www.digitalocean.com/pricing/droplets (2026-08). */
export const SIZES: readonly Size[] = [
  size("s-1vcpu-512mb-10gb", 0.5, 1, 10, 0.5, 4, "Basic"),
  size("s-1vcpu-1gb", 1, 1, 25, 1, 6, "Basic"),
  size("s-1vcpu-1gb-amd", 1, 1, 25, 1, 7, "Basic AMD"),
  size("s-1vcpu-1gb-intel", 1, 1, 25, 1, 7, "Basic Intel"),
  size("s-1vcpu-2gb", 2, 1, 50, 2, 12, "Basic"),
  size("s-1vcpu-2gb-amd", 2, 1, 50, 2, 14, "Basic AMD"),
  size("s-1vcpu-2gb-intel", 2, 1, 50, 2, 14, "Basic Intel"),
  size("s-2vcpu-2gb", 2, 2, 60, 3, 18, "Basic"),
  size("s-2vcpu-2gb-amd", 2, 2, 60, 3, 21, "Basic AMD"),
  size("s-2vcpu-2gb-intel", 2, 2, 60, 3, 21, "Basic Intel"),
  size("s-2vcpu-4gb", 4, 2, 80, 4, 24, "Basic"),
  size("s-2vcpu-4gb-amd", 4, 2, 80, 4, 28, "Basic AMD"),
  size("s-2vcpu-4gb-intel", 4, 2, 80, 4, 28, "Basic Intel"),
  size("c-2", 4, 2, 25, 4, 42, "CPU-Optimized"),
  size("s-4vcpu-8gb", 8, 4, 160, 5, 48, "Basic"),
  size("s-4vcpu-8gb-amd", 8, 4, 160, 5, 56, "Basic AMD"),
  size("s-4vcpu-8gb-intel", 8, 4, 160, 5, 56, "Basic Intel"),
  size("g-2vcpu-8gb", 8, 2, 25, 4, 63, "General Purpose"),
  size("c-4", 8, 4, 50, 5, 84, "CPU-Optimized"),
  size("m-2vcpu-16gb", 16, 2, 50, 4, 84, "Memory-Optimized"),
  size("s-8vcpu-16gb", 16, 8, 320, 6, 96, "Basic"),
  size("s-8vcpu-16gb-amd", 16, 8, 320, 6, 112, "Basic AMD"),
  size("s-8vcpu-16gb-intel", 16, 8, 320, 6, 112, "Basic Intel"),
  size("g-4vcpu-16gb", 16, 4, 50, 5, 126, "General Purpose"),
  size("c-8", 16, 8, 100, 6, 168, "CPU-Optimized"),
  size("g-8vcpu-32gb", 32, 8, 100, 6, 252, "General Purpose"),
];

/** Billing caps a month at 672 hours (https://docs.digitalocean.com/platform/billing/). */
const HOURS_A_MONTH = 672;

const list: Route = {
  method: "GET",
  path: "/v2/sizes",
  handle: (call) => ok(page(call, "sizes", [...SIZES], sizeView)),
};

export const findSize = (slug: string): Size | undefined => SIZES.find((size) => size.slug === slug);

export const sizeView = ({ monthly, ...size }: Size): object => ({
  ...size,
  price_monthly: monthly,
  price_hourly: Number((monthly / HOURS_A_MONTH).toFixed(5)),
  regions: REGIONS,
  available: true,
  disk_info: diskInfo(size.disk),
});

/** @param gib of the one disk */
export const diskInfo = (gib: number): object[] => [{ type: "local", size: { amount: gib, unit: "gib" } }];

export const area: Area = { title: "Sizes", resources: [], routes: [list] };
