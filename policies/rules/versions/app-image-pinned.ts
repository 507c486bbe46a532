import { docs } from "../../docs.ts";
import { componentsOf, types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

export const appImagePinned: ResourceRule = {
  name: "app-image-pinned",
  description: "In production an app's image is named by a digest or by a tag of its own.",
  group: "versions",
  severity: "medium",
  level: "mandatory",
  only: "production",
  url: docs.apps,
  fix: "name the image by its `digest`, or by a tag that stands for one version",
  types: [types.app],
  check: (app, report) => {
    for (const component of componentsOf(app, ["services", "workers", "jobs"]))
      component.attempt(() => {
        const image = component.get("image");
        if (!image.isGiven || image.get("digest").isGiven) return;
        const tag = image.get("tag");
        if ((tag.text() ?? "latest") === "latest")
          report(tag, "nobody knows which version runs, or goes back to one");
      });
  },
};
