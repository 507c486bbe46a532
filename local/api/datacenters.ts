import * as z from "zod";

/** https://docs.digitalocean.com/platform/regional-availability/ (2026-08). */
export const NAMES: Record<string, string> = {
  nyc1: "New York 1",
  sfo1: "San Francisco 1",
  nyc2: "New York 2",
  ams2: "Amsterdam 2",
  sgp1: "Singapore 1",
  lon1: "London 1",
  nyc3: "New York 3",
  ams3: "Amsterdam 3",
  fra1: "Frankfurt 1",
  tor1: "Toronto 1",
  sfo2: "San Francisco 2",
  blr1: "Bangalore 1",
  sfo3: "San Francisco 3",
  syd1: "Sydney 1",
  atl1: "Atlanta 1",
  ric1: "Richmond 1",
};
/** Regions that take no new resources. */
const CLOSED = ["sfo1", "ams2"];

export const REGIONS = Object.keys(NAMES).filter((slug) => !CLOSED.includes(slug));

/** A datacentre region that takes new resources. */
export const regionSlug = z.string().refine((slug) => REGIONS.includes(slug), "is not an available region");
