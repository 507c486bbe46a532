/** What commands need of the dumps. */
export { chooseDump } from "./dump.ts";
export type { Manifest } from "./manifest.ts";
export { identityIn, recipientOf } from "./seal.ts";
export { DumpStore, type StoreAddress } from "./store.ts";
