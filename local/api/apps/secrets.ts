import { looksEncrypted, type Vault } from "../../vault.ts";
import { refused } from "./rules.ts";
import { componentsOf, type Spec } from "./spec.ts";
import type { Env } from "./spec-parts.ts";

/**
 * The spec as the platform keeps and shows it: SECRET values encrypted on their first submission. An encrypted value
 * stays as it is; one that this cloud never gave out is refused, since nobody could decrypt it at run time.
 */
export function sealed(spec: Spec, vault: Vault): Spec {
  const seal = (value: string, field: string) => {
    if (!looksEncrypted(value)) return vault.encrypt(value);
    if (vault.decrypt(value) === undefined)
      throw refused(field, "the encrypted value can not be decrypted: submit the plain one");
    return value;
  };
  const sealEnvs = (envs: Env[] | undefined, of: string) =>
    envs?.map((env) =>
      env.type === "SECRET" && env.value ? { ...env, value: seal(env.value, `${of}.${env.key}`) } : env,
    );

  const copy = structuredClone(spec);
  const envs = sealEnvs(copy.envs, "envs");
  if (envs) copy.envs = envs;
  for (const { key, component } of componentsOf(copy)) {
    const envs = sealEnvs(component.envs, `${key}.${component.name}.envs`);
    if (envs) component.envs = envs;
    if (component.image?.registry_credentials)
      component.image.registry_credentials = seal(
        component.image.registry_credentials,
        `${key}.${component.name}.image.registry_credentials`,
      );
  }
  return copy;
}
