import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { appImagePinned } from "./app-image-pinned.ts";

const app = (...images: unknown[]) => [
  resource(types.app, { spec: { services: images.map((image) => ({ image })) } }),
];
const repository = "api";

cases(appImagePinned, {
  stack: "prod",
  good: {
    "a version": app({ repository, tag: "v1.0.0" }),
    "a digest": app({ repository, digest: "sha256:00" }),
    "what is built from source": app(undefined),
  },
  bad: {
    latest: [app({ repository, tag: "latest" }), "spec.services[0].image.tag", /which version runs.*digest/],
    "the default, which is latest": [
      app({ repository, tag: "v1" }, { repository }),
      "spec.services[1].image.tag",
      /which/,
    ],
  },
  unknown: { "the tag": [app({ repository, tag: unknown }), "spec.services[0].image.tag"] },
});
