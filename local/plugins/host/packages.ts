/** Which npm packages a program has installed, and which of them bring a Pulumi plugin. */
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/** What this host reads of a package.json. */
export interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly pulumi?: {
    readonly resource?: boolean;
    readonly name?: string;
    readonly version?: string;
    readonly server?: string;
    readonly parameterization?: { readonly name: string; readonly version: string; readonly value: string };
  };
}

/** A plugin that a package of the program needs, as the engine's PackageDependency. */
export interface PluginNeed {
  readonly name: string;
  readonly version: string;
  readonly server: string;
  readonly parameterization:
    | { readonly name: string; readonly version: string; readonly value: string }
    | undefined;
}

/** Every package below `directory`'s node_modules; with none there, below its nearest ancestor's (a workspace). */
export function installedPackages(directory: string): Manifest[] {
  const found = new Map<string, Manifest>();
  let root = directory;
  while (!existsSync(join(root, "node_modules")) && dirname(root) !== root) root = dirname(root);
  collect(join(root, "node_modules"), found);
  return [...found.values()];
}

function collect(modules: string, found: Map<string, Manifest>): void {
  for (const name of entries(modules)) {
    if (name.startsWith("@")) collect(join(modules, name), found);
    else if (!name.startsWith(".")) add(join(modules, name), found);
  }
}

function add(link: string, found: Map<string, Manifest>): void {
  const folder = resolved(link);
  // The plugins of a policy pack are the pack's own, not the program's.
  if (!folder || found.has(folder) || existsSync(join(folder, "PulumiPolicy.yaml"))) return;
  const manifest = readManifest(folder);
  if (!manifest) return;
  found.set(folder, manifest);
  collect(join(folder, "node_modules"), found);
}

/** The package.json of a folder; undefined when there is none that parses. */
export function readManifest(folder: string): Manifest | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return typeof manifest === "object" && manifest !== null ? manifest : undefined;
  } catch {
    return undefined;
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function resolved(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** The plugins that `manifests` ask for: those marked `"pulumi": {"resource": true}`. */
export function pluginNeeds(manifests: readonly Manifest[]): PluginNeed[] {
  const needs: PluginNeed[] = [];
  for (const { name, version, pulumi } of manifests) {
    if (!pulumi?.resource) continue;
    const plugin = pulumi.name || (name?.startsWith("@pulumi/") ? name.slice("@pulumi/".length) : undefined);
    const release = pulumi.version || version;
    // Only packages of the @pulumi scope may leave their plugin's name to be guessed.
    if (!plugin || !release) continue;
    needs.push({
      name: plugin,
      version: release.startsWith("v") ? release : `v${release}`,
      server: pulumi.server ?? "",
      parameterization: pulumi.parameterization,
    });
  }
  return needs;
}

/** A warning when the program has several majors of the SDK: their outputs don't mix. */
export function sdkConflict(manifests: readonly Manifest[]): string | undefined {
  const versions = manifests.flatMap(({ name, version }) =>
    name === "@pulumi/pulumi" && version ? [version] : [],
  );
  const other = versions.find((version) => version.split(".")[0] !== versions[0]?.split(".")[0]);
  return (
    other &&
    `Found incompatible versions of @pulumi/pulumi: ${versions[0]} and ${other}. Keep one major version.`
  );
}
