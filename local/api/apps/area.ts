import * as z from "zod";
import { ok, type Route } from "../../call.ts";
import { badRequest } from "../../errors.ts";
import { parse } from "../../input.ts";
import type { Area } from "../area.ts";
import { alertRoutes } from "./alerts.ts";
import { apps, SpecInput } from "./apps.ts";
import { catalogRoutes, DEFAULT_SIZE, findSize } from "./catalog.ts";
import "./deployments.ts";
import "./running.ts";
import "./trusted-sources.ts";
import { refuseBrokenRules, withDefaults } from "./rules.ts";
import { componentsOf, type Spec } from "./spec.ts";

/** App Platform's first static sites are free (https://docs.digitalocean.com/products/app-platform/details/pricing/). */
const FREE_STATIC_APPS = 3;

const propose: Route = {
  method: "POST",
  path: "/v2/apps/propose",
  handle(call) {
    const { spec, app_id } = parse(
      z.object({ spec: SpecInput, app_id: z.string().nullish() }),
      call.body,
      badRequest,
    );
    refuseBrokenRules(spec, call);
    const others = apps.all(call).filter((app) => app.id !== app_id);
    const isTaken = others.some((app) => app.name === spec.name);
    const isStatic = (spec: Spec) => componentsOf(spec).every(({ key }) => key === "static_sites");
    const cost = componentsOf(spec)
      .filter(({ key }) => key === "services" || key === "workers")
      .reduce((sum, { component }) => {
        const count = component.autoscaling?.min_instance_count ?? component.instance_count ?? 1;
        return sum + count * (findSize(component.instance_size_slug ?? DEFAULT_SIZE)?.price ?? 0);
      }, 0);
    return ok({
      app_name_available: !isTaken,
      ...(isTaken && { app_name_suggestion: suggestion(spec.name, others) }),
      app_is_static: isStatic(spec),
      existing_static_apps: String(others.filter((app) => isStatic(app.spec)).length),
      max_free_static_apps: String(FREE_STATIC_APPS),
      spec: withDefaults(spec),
      app_cost: cost,
    });
  },
};

function suggestion(name: string, others: { name: string }[]): string {
  for (let number = 2; ; number++) {
    const free = `${name.slice(0, 28)}${number}`;
    if (!others.some((app) => app.name === free)) return free;
  }
}

export const area: Area = {
  title: "Apps",
  resources: [apps],
  routes: [...catalogRoutes, ...alertRoutes, propose],
};
