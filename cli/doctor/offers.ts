import { get, list } from "../api.ts";
import { at } from "../json.ts";
import { type Check, type Finding, ok, problem, refusal } from "./finding.ts";

/** What is offered today: regions, engines, versions, plans, images. A preview believes the catalogue of this project. */

export const offerChecks: Check = async (subject) =>
  (await Promise.all([region(subject), databases(subject), containers(subject), droplets(subject)])).flat();

const elsewhere =
  "choose another in the stack file; the settings' catalogue (components/catalog.ts) is out of date";

function offered(check: string, what: string, found: boolean): Finding {
  return found ? ok(check, `${what} is offered`) : problem(check, `${what} is not offered`, elsewhere);
}

const region: Check = async ({ api, settings }) => {
  const regions = await list(api, "/v2/regions", "regions");
  if (!Array.isArray(regions)) return [refusal("region", "/v2/regions", regions.refused)];
  const found = regions.find((each) => at(each, "slug") === settings.region);
  return [offered("region", settings.region, at(found, "available") === true)];
};

const databases: Check = async ({ api, settings }) => {
  const wanted = [
    { check: "postgres", engine: "pg", ...settings.postgres },
    { check: "mongo", engine: "mongodb", ...settings.mongo },
    { check: "cache", engine: "valkey", ...settings.cache },
  ].filter(({ provision }) => provision === "managed");
  if (wanted.length === 0) return [];
  const path = "/v2/databases/options";
  const answer = await get(api, path);
  if (answer.status !== 200) return wanted.map(({ check }) => refusal(check, path, answer));
  return wanted.map(({ check, engine, version, size, nodeCount }) => {
    const options = at(answer.body, "options", engine);
    const has = (key: string, value: string) => includes(at(options, key), value);
    const layouts = at(options, "layouts");
    const layout = (Array.isArray(layouts) ? layouts : []).find(
      (each) => at(each, "num_nodes") === nodeCount,
    );
    const missing = [
      ...(has("versions", version) ? [] : [`version ${version}`]),
      ...(has("regions", settings.region) ? [] : [`region ${settings.region}`]),
      ...(includes(at(layout, "sizes"), size) ? [] : [`${nodeCount} x ${size}`]),
    ];
    return missing.length === 0
      ? ok(check, `${engine} ${version} on ${nodeCount} x ${size} is offered in ${settings.region}`)
      : problem(check, `${engine}: ${missing.join(", ")} is not offered`, elsewhere);
  });
};

const containers: Check = async ({ api, settings }) => {
  if (settings.compute !== "app-platform") return [];
  const path = "/v2/apps/tiers/instance_sizes";
  const sizes = await list(api, path, "instance_sizes");
  if (!Array.isArray(sizes)) return [refusal("app plan", path, sizes.refused)];
  const { instanceSize } = settings.app;
  return [
    offered(
      "app plan",
      instanceSize,
      sizes.some((each) => at(each, "slug") === instanceSize),
    ),
  ];
};

const droplets: Check = async ({ api, settings }) => {
  if (settings.compute !== "droplets") return [];
  const { size, systemImage } = settings.droplets;
  const sizes = await list(api, "/v2/sizes", "sizes");
  if (!Array.isArray(sizes)) return [refusal("droplet plan", "/v2/sizes", sizes.refused)];
  const found = sizes.find((each) => at(each, "slug") === size);
  const here = at(found, "available") === true && includes(at(found, "regions"), settings.region);
  const image = await get(api, `/v2/images/${encodeURIComponent(systemImage)}`);
  return [
    offered("droplet plan", `${size} in ${settings.region}`, here),
    image.status === 200 || image.status === 404
      ? offered("system image", systemImage, image.status === 200)
      : refusal("system image", `/v2/images/${systemImage}`, image),
  ];
};

const includes = (values: unknown, value: string) => Array.isArray(values) && values.includes(value);
