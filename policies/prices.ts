/**
 * USD a month of what a budget can count, as far as a price is known: DigitalOcean's price lists (App Platform 2025-08-29, balancers and
 * Spaces 2025-02-28), and third parties for Droplets and databases (2026-09). DigitalOcean has no price API for databases.
 */
export const pricesOf = "2026-11-24";

const app: Record<string, number> = {
  "apps-s-1vcpu-0.5gb": 5,
  "apps-s-1vcpu-1gb-fixed": 10,
  "apps-s-1vcpu-1gb": 12,
  "apps-s-1vcpu-2gb": 25,
  "apps-s-2vcpu-4gb": 50,
  "apps-d-1vcpu-0.5gb": 29,
  "apps-d-1vcpu-1gb": 34,
  "apps-d-1vcpu-2gb": 39,
  "apps-d-1vcpu-4gb": 49,
  "apps-d-2vcpu-4gb": 78,
  "apps-d-2vcpu-8gb": 98,
  "apps-d-4vcpu-8gb": 156,
  "apps-d-4vcpu-16gb": 196,
  "apps-d-8vcpu-32gb": 392,
};

const droplet: Record<string, number> = {
  "s-1vcpu-512mb-10gb": 4,
  "s-1vcpu-1gb": 6,
  "s-1vcpu-2gb": 12,
  "s-2vcpu-2gb": 18,
  "s-2vcpu-4gb": 24,
  "s-4vcpu-8gb": 48,
  "s-8vcpu-16gb": 96,
  "s-1vcpu-1gb-amd": 7,
  "s-1vcpu-1gb-intel": 7,
  "s-1vcpu-2gb-amd": 14,
  "s-1vcpu-2gb-intel": 14,
  "s-2vcpu-2gb-amd": 21,
  "s-2vcpu-2gb-intel": 21,
  "s-2vcpu-4gb-amd": 28,
  "s-2vcpu-4gb-intel": 28,
  "s-4vcpu-8gb-amd": 56,
  "s-4vcpu-8gb-intel": 56,
  "s-8vcpu-16gb-amd": 112,
  "s-8vcpu-16gb-intel": 112,
};

const pg = { "db-s-1vcpu-1gb": 15.15, "db-s-1vcpu-2gb": 30.45, "db-s-2vcpu-4gb": 60.9 };
const mongodb = { "db-s-1vcpu-1gb": 15, "db-s-1vcpu-2gb": 30, "db-s-2vcpu-4gb": 60, "db-s-4vcpu-8gb": 120 };
const valkey = { "db-s-1vcpu-1gb": 15, "db-s-1vcpu-2gb": 30 };

/** By kind, then by plan. A database's kind is its engine. */
export const prices: Record<string, Record<string, number>> = { app, droplet, pg, mongodb, valkey };

/** A node of a load balancer. */
export const loadBalancerNode = 12;

/** The subscription that all buckets of an account share. */
export const spaces = 5;
