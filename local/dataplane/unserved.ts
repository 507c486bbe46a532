import type { DataPlane } from "./dataplane.ts";

/** Apps count up from here. */
const FIRST_APP_PORT = 8080;

/**
 * A data plane without servers: it plans addresses on loopback where a real one could listen, and nothing answers
 * there. Each cluster has an address of its own in 127.20.0.0/16, so that every one can have its engine's usual port;
 * the same place in 127.21.0.0/16 stands for its private side.
 */
export const unserved: DataPlane = {
  placeCluster(taken) {
    const hosts = new Set(taken.map((place) => place.host));
    const number = firstFree((n) => !hosts.has(address(20, n)));
    return { host: address(20, number), privateHost: address(21, number) };
  },
  placeApp: (taken) => appUrl(firstFree((n) => !taken.includes(appUrl(n)))),
};

const appUrl = (number: number) => `http://127.0.0.1:${FIRST_APP_PORT + number}`;
const address = (block: number, number: number) =>
  `127.${block}.${Math.floor(number / 250)}.${(number % 250) + 1}`;

function firstFree(free: (number: number) => boolean): number {
  let number = 0;
  while (!free(number)) number++;
  return number;
}
