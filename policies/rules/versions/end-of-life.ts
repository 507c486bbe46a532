import type { Settings } from "../../configuration.ts";

/** Last days of versions, by what ends. Sources: DigitalOcean's documentation (2025-11-05, 2025-07-17), its API description (August 2026). */
const engines: Record<string, [version: RegExp, last: string][]> = {
  pg: [
    [/^(?:9|10|11|12)(?:\.|$)/, "2024-11-21"],
    [/^13(?:\.|$)/, "2025-11-13"],
    [/^14(?:\.|$)/, "2026-11-12"],
    [/^15(?:\.|$)/, "2027-11-11"],
    [/^16(?:\.|$)/, "2028-11-09"],
    [/^17(?:\.|$)/, "2029-11-08"],
    [/^18(?:\.|$)/, "2030-11-14"],
  ],
  mongodb: [
    [/^[1-5](?:\.|$)/, "2024-10-31"],
    [/^6(?:\.|$)/, "2025-07-01"],
    [/^7(?:\.|$)/, "2026-08-01"],
  ],
  // Valkey took its place; no Redis can be made since 2025-04-30.
  redis: [[/^/, "2025-06-30"]],
  mysql: [[/^5(?:\.|$)/, "2023-10-31"]],
  kafka: [
    [/^2(?:\.|$)/, "2024-06-30"],
    [/^3\.[0-7](?:\.|$)/, "2025-06-03"],
  ],
  opensearch: [[/^1(?:\.|$)/, "2025-05-07"]],
};

/** Last days of the standard support of distributions, by the beginning of their images' slugs (each distribution's own calendar). */
const images: [slug: RegExp, last: string][] = [
  [/^ubuntu-1[0-8]-/, "2023-05-31"],
  [/^ubuntu-20-04/, "2025-05-31"],
  [/^ubuntu-(?:19|2[01235]-10|21-04|23-04|24-10|25-04)/, "2026-01-31"],
  [/^ubuntu-22-04/, "2027-06-01"],
  [/^ubuntu-24-04/, "2029-05-31"],
  [/^debian-(?:[89]|10)-/, "2024-06-30"],
  [/^debian-11-/, "2026-08-31"],
  [/^debian-12-/, "2028-06-30"],
  [/^centos-(?:6|7|8)-/, "2024-06-30"],
  [/^centos-stream-8-/, "2024-05-31"],
  [/^centos-stream-9-/, "2027-05-31"],
  [/^fedora-(?:2\d|3\d|40|41)-/, "2025-12-15"],
  [/^(?:rockylinux|almalinux)-8-/, "2029-05-31"],
  [/^(?:coreos|rancheros|freebsd)/, "2022-07-01"],
];

/** The last day of a version of an engine; undefined while none is known. */
export function engineEnd(engine: string, version: string): string | undefined {
  return engines[engine.replace(/^advanced_/, "")]?.find(([pattern]) => pattern.test(version))?.[1];
}

/** The last day of a distribution; undefined while none is known. */
export function imageEnd(slug: string): string | undefined {
  return images.find(([pattern]) => pattern.test(slug))?.[1];
}

/** How an end lies to today: over, or near enough to be told. */
export function nearness(last: string, { today, limits }: Settings): "over" | "near" | undefined {
  const days = (Date.parse(`${last}T23:59:59Z`) - today.getTime()) / 86_400_000;
  if (days < 0) return "over";
  return days < limits.endOfLifeDays ? "near" : undefined;
}
