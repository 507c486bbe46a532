/** The local cloud: DigitalOcean's API on this machine. */
export {
  type CloudOptions,
  DEFAULT_PORT,
  type RunningCloud,
  type SpacesAddress,
  startCloud,
} from "./cloud.ts";
export { StartError } from "./errors.ts";
export { type Home, homeOf } from "./home.ts";
