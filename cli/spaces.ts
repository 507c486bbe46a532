import type { Cloud } from "./cloud.ts";

/**
 * What points the DigitalOcean provider at the Spaces of the local cloud. It knows virtual-host style alone, so its endpoint is a template
 * of host names, which go to the local cloud through a proxy: `HTTP_PROXY` for a provider that runs by itself. A program of this
 * project gives its provider the resource option `envVarMappings: { BREAKWATER_SPACES_PROXY: "HTTP_PROXY" }`, so that nothing
 * else goes through it.
 *
 * Any other S3 client needs neither: the proxy is an endpoint as well, in path style, with the same keys
 * (`aws --endpoint-url $BREAKWATER_SPACES_PROXY s3 ls`; `forcePathStyle: true` in AWS' SDK for JavaScript).
 */
export function spacesEnvironment({ spaces }: Cloud): Record<string, string> {
  return {
    SPACES_ENDPOINT_URL: spaces.endpoint,
    SPACES_ACCESS_KEY_ID: spaces.accessKeyId,
    SPACES_SECRET_ACCESS_KEY: spaces.secretAccessKey,
    BREAKWATER_SPACES_PROXY: spaces.proxy,
  };
}
