import { ok, type Route } from "../../call.ts";
import { page } from "../../paging.ts";
import { actionsOf } from "../actions.ts";
import { images } from "../images/images.ts";
import { policyView, SUPPORTED } from "./backups.ts";
import { CreateInput, makeAll } from "./create.ts";
import type { SavedDroplet } from "./droplet.ts";
import { droplets, dropletView } from "./droplets.ts";

droplets.collection("POST", CreateInput, (input, call) => {
  const made = makeAll(call, input);
  const actions = made.flatMap(({ id }) => actionsOf(call, "droplet", Number(id)));
  const links = actions.map(({ id, name }) => ({
    id: Number(id),
    rel: name,
    href: `${call.url}/v2/actions/${id}`,
  }));
  const [shown, ...more] = made.map((droplet) => dropletView(droplet, call));
  const body = input.names ? { droplets: [shown, ...more] } : { droplet: shown };
  return { status: 202, body: { ...body, links: { actions: links } } };
});

for (const [path, type] of [
  ["snapshots", "snapshot"],
  ["backups", "backup"],
] as const)
  droplets.read(`/${path}`, (droplet, call) => {
    const own = images.all(call).filter((image) => image.droplet === droplet.id && image.type === type);
    return page(call, path, own, (image) => images.about.view(image, { ...call, parent: undefined }));
  });

droplets.read("/backups/policy", (droplet, call) => ({ policy: policyView(droplet, call) }));

// Each droplet is alone on its machine, and boots the kernel inside its image.
droplets.read("/neighbors", () => ({ droplets: [] }));
droplets.read("/kernels", (_, call) => page(call, "kernels", [], () => ({})));

export const backupRoutes: Route[] = [
  {
    method: "GET",
    path: "/v2/droplets/backups/policies",
    handle(call) {
      const shown = page(call, "policies", droplets.all(call), (droplet) => droplet) as {
        policies: SavedDroplet[];
      };
      const policies = shown.policies.map((droplet) => [droplet.id, policyView(droplet, call)]);
      return ok({ ...shown, policies: Object.fromEntries(policies) });
    },
  },
  {
    method: "GET",
    path: "/v2/droplets/backups/supported_policies",
    handle: () => ok({ supported_policies: SUPPORTED }),
  },
];
