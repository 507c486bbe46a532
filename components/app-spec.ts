import * as pulumi from "@pulumi/pulumi";
import type { Image } from "./compute.ts";

/** Parts of an app's specification that more than one component writes. */

/**
 * Variables as App Platform takes them, sorted by name: they are a set there, and a steady order keeps diffs small.
 *
 * Secret ones come back encrypted (`EV[1:...]`), so a refresh that writes the state shows them as changed. Never hide
 * that with `ignoreChanges`: the provider then sends the wrong values (terraform-provider-digitalocean#1603; measured).
 */
export function appEnvs(
  env: Record<string, pulumi.Input<string>> = {},
  secretEnv: Record<string, pulumi.Input<string>> = {},
): { key: string; value: pulumi.Input<string>; type: string; scope: string }[] {
  const plain = Object.entries(env).map(([key, value]) => ({ key, value, type: "GENERAL" }));
  const secret = Object.entries(secretEnv).map(([key, value]) => ({
    key,
    value: pulumi.secret(value),
    type: "SECRET",
  }));
  return [...plain, ...secret]
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map((variable) => ({ ...variable, scope: "RUN_TIME" }));
}

/** An image as App Platform takes it. The SDK doesn't mark its credentials as secret. */
export function appImage({ credentials, ...image }: Image): {
  registryType: string;
  registry?: string;
  repository: string;
  tag?: string;
  digest?: string;
  registryCredentials?: pulumi.Output<string>;
} {
  return {
    ...image,
    registryCredentials: credentials === undefined ? undefined : pulumi.secret(credentials),
  };
}
