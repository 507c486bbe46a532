import type { DataPlane, Place } from "./dataplane.ts";

/** Apps count up from here. */
const FIRST_APP_PORT = 8080;

/**
 * A data plane without servers: it plans addresses on loopback where a real one could listen, and nothing answers
 * there. Each cluster has an address of its own in 127.20.0.0/16, so that every one can have its engine's usual port;
 * the same place in 127.21.0.0/16 stands for its private side. Load balancers are in 127.23.0.0/16, their
 * private sides in 127.24.0.0/16; public addresses of droplets and the like lie in 127.22.0.0/16. Nothing that a program is
 * told leads off this machine.
 */
export const unserved: DataPlane = {
  placeCluster: (taken) => freePlace(20, taken),
  placeBalancer: (taken) => freePlace(23, taken),
  placeApp: (taken) => appUrl(firstFree((n) => !taken.includes(appUrl(n)))),
  placeAddress(taken) {
    const addresses = new Set(taken);
    return address(
      22,
      firstFree((n) => !addresses.has(address(22, n))),
    );
  },
  serves: () => false,
  serving: () => ({ state: "unserved" }),
  backups: () => undefined,
  backUp: () => Promise.reject(new Error("nothing is served")),
};

/** A place in 127.<block>.0.0/16, with its private side in the next block. */
function freePlace(block: number, taken: readonly Place[]): Place {
  const hosts = new Set(taken.map((place) => place.host));
  const number = firstFree((n) => !hosts.has(address(block, n)));
  return { host: address(block, number), privateHost: address(block + 1, number) };
}

const appUrl = (number: number) => `http://127.0.0.1:${FIRST_APP_PORT + number}`;
const address = (block: number, number: number) =>
  `127.${block}.${Math.floor(number / 250)}.${(number % 250) + 1}`;

function firstFree(free: (number: number) => boolean): number {
  let number = 0;
  while (!free(number)) number++;
  return number;
}
