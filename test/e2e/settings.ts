import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";

/** Changes one setting in a checkout's stack file, as a user does in an editor. `undefined` takes it out. */
export function change(
  root: string,
  path: [key: string, ...inner: string[]],
  value: unknown,
  stack = "local",
): void {
  const file = join(root, `Pulumi.${stack}.yaml`);
  const document = parseDocument(readFileSync(file, "utf8"));
  const [key, ...inner] = path;
  const place = ["config", key.includes(":") ? key : `breakwater:${key}`, ...inner];
  if (value === undefined) document.deleteIn(place);
  else document.setIn(place, value);
  writeFileSync(file, document.toString());
}
