import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import formats from "ajv-formats";

/**
 * DigitalOcean's public description of its API, for tests. It is no part of this repository: it is read from where
 * BREAKWATER_OPENAPI says, or from a folder `shared` beside the checkout.
 */
export const DESCRIPTION =
  process.env.BREAKWATER_OPENAPI ??
  join(import.meta.dirname, "..", "..", "shared", "digitalocean-openapi.json");

export const hasDescription = (): boolean => existsSync(DESCRIPTION);

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Node = { [key: string]: Json };

const isNode = (json: Json | undefined): json is Node =>
  typeof json === "object" && json !== null && !Array.isArray(json);
const METHODS = ["get", "post", "put", "patch", "delete"];

export interface Operation {
  method: string;
  /** With its parameters in braces. */
  path: string;
  /** The documented bodies of requests, by name. */
  examples: Record<string, Json>;
}

export class ApiDescription {
  readonly #document: Node;
  readonly #ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false, logger: false });

  constructor(file: string) {
    const document = asSchema(JSON.parse(readFileSync(file, "utf8")));
    if (!isNode(document)) throw new Error(`${file} is no API description`);
    this.#document = document;
    formats.default(this.#ajv);
    this.#ajv.addSchema(this.#document, "api");
  }

  operations(): Operation[] {
    return Object.entries(this.#at(["paths"])).flatMap(([path, item]) =>
      METHODS.flatMap((method) => {
        const operation = isNode(item) ? item[method] : undefined;
        if (!isNode(operation)) return [];
        return [{ method: method.toUpperCase(), path, examples: this.#examplesOf(operation) }];
      }),
    );
  }

  /** What is wrong with an answer, in words; nothing when it is as described. */
  violations(method: string, path: string, status: number, body: unknown): string[] {
    const template = this.#templateOf(path);
    if (template === undefined) return [`${path} is not described`];
    const operation = this.#at(["paths", template])[method.toLowerCase()];
    if (!isNode(operation)) return [`${method} ${template} is not described`];
    const responses = operation.responses;
    if (!isNode(responses)) return [];
    const key = responses[status] === undefined ? "default" : String(status);
    if (key === "default" && status < 400)
      return [`status ${status} is not described, only ${Object.keys(responses).join(", ")}`];
    const [response, pointer] = this.#resolve(responses[key], [
      "paths",
      template,
      method.toLowerCase(),
      "responses",
      key,
    ]);
    const media = isNode(response.content) ? response.content["application/json"] : undefined;
    if (!isNode(media))
      return body === undefined || status >= 400 || isEmpty(body) ? [] : ["a body where none is described"];
    if (!isNode(media.schema)) return [];
    const validate = this.#validator([...pointer, "content", "application/json", "schema"]);
    if (validate(body)) return [];
    return (validate.errors ?? []).map(
      (error) => `${error.instancePath || "/"} ${error.message} ${JSON.stringify(error.params)}`,
    );
  }

  #templateOf(path: string): string | undefined {
    const templates = Object.keys(this.#at(["paths"])).filter((template) =>
      new RegExp(`^${template.replace(/[.]/g, "\\.").replace(/\{[^}]+\}/g, "[^/]+")}$`).test(path),
    );
    return templates.sort((a, b) => a.split("{").length - b.split("{").length)[0];
  }

  #validator(pointer: string[]): ValidateFunction {
    const reference = `api#/${pointer.map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/")}`;
    const validate = this.#ajv.getSchema(reference);
    if (!validate) throw new Error(`no schema at ${reference}`);
    return validate;
  }

  #at(pointer: string[]): Node {
    let node: Json | undefined = this.#document;
    for (const part of pointer) node = isNode(node) ? node[part] : undefined;
    return isNode(node) ? node : {};
  }

  #resolve(json: Json | undefined, pointer: string[]): [Node, string[]] {
    if (!isNode(json)) return [{}, pointer];
    if (typeof json.$ref !== "string") return [json, pointer];
    const target = json.$ref.slice(2).split("/");
    return this.#resolve(this.#at(target), target);
  }

  #examplesOf(operation: Node): Record<string, Json> {
    const [body] = this.#resolve(operation.requestBody, []);
    const media = isNode(body.content) ? body.content["application/json"] : undefined;
    if (!isNode(media)) return {};
    if (media.example !== undefined) return { example: media.example };
    const examples = isNode(media.examples) ? media.examples : {};
    return Object.fromEntries(
      Object.entries(examples).map(([name, example]) => [name, this.#resolve(example, [])[0].value ?? null]),
    );
  }
}

const isEmpty = (body: unknown) =>
  typeof body === "object" && body !== null && Object.keys(body).length === 0;

/** JSON Schema of what is OpenAPI 3.0: `nullable` becomes a type of its own. What is no schema stays as it is. */
function asSchema(json: Json, key = ""): Json {
  if (Array.isArray(json)) return json.map((item) => asSchema(item));
  if (!isNode(json) || key === "example" || key === "examples") return json;
  const node = Object.fromEntries(Object.entries(json).map(([name, value]) => [name, asSchema(value, name)]));
  const { nullable, ...rest } = node;
  return nullable === true ? { anyOf: [{ type: "null" }, rest] } : node;
}
