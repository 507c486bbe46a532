/** An image by id, by slug, or by name. */
import type { Invokable } from "../../provider/resource.ts";
import { oneOf, type Properties, string } from "../../provider/schema.ts";
import { type Api, asBody, type Body } from "../api.ts";
import { fromBody } from "../body.ts";
import { image } from "../image.ts";
import { theOne } from "../lists.ts";
import { named } from "../rest.ts";

/** Where a name is looked for. */
const SOURCES: Readonly<Record<string, string>> = {
  all: "",
  distributions: "?type=distribution",
  applications: "?type=application",
  user: "?private=true",
};
const properties: Properties = {
  ...image,
  source: string({ default: "user", check: oneOf(...Object.keys(SOURCES)) }),
};

export default {
  properties,
  check: ({ id, slug, name }) =>
    [id, slug, name].filter((one) => one !== undefined).length === 1
      ? []
      : [{ property: "id", reason: "give one of id, slug and name" }],
  invoke: (operation, { id, slug, name, source = "user" }) =>
    named("getting image", async () => {
      const found: Body =
        name === undefined
          ? asBody((await operation.client.call("GET", `/v2/images/${String(id ?? slug)}`, operation)).image)
          : theOne(
              (
                await operation.client.list(`/v2/images${SOURCES[String(source)]}`, "images", operation)
              ).filter((one) => one.name === name),
              `image named ${String(name)}`,
            );
      return { ...fromBody(image, found), source };
    }),
} satisfies Invokable<Api>;
