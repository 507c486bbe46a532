import { XMLParser } from "fast-xml-parser";
import { SpacesError } from "./errors.ts";

/** S3's XML: written from plain objects, read into plain objects. Attributes carry nothing that is needed. */

export type Content =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Content[]
  | { readonly [name: string]: Content };

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

/** Documents of no namespace. */
const BARE = ["Error", "PostResponse"];

/** A document; what is undefined is left out, a list repeats its element. */
export const document = (root: string, content: Content): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${BARE.includes(root) ? "" : ` xmlns="${NAMESPACE}"`}>${inner(content)}</${root}>`;

function inner(content: Content): string {
  if (content === undefined || content === null) return "";
  if (typeof content !== "object") return escaped(String(content));
  if (isList(content)) return content.map(inner).join("");
  return Object.entries(content)
    .map(([name, value]) => element(name, value))
    .join("");
}

function element(name: string, value: Content): string {
  if (value === undefined) return "";
  if (isList(value)) return value.map((one) => element(name, one)).join("");
  // A grantee's type is the one attribute that S3's bodies have.
  if (name.startsWith("Grantee:"))
    return `<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="${name.slice(8)}">${inner(value)}</Grantee>`;
  return `<${name}>${inner(value)}</${name}>`;
}

const isList = (content: Content): content is readonly Content[] => Array.isArray(content);

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string): string =>
  text.replace(
    /[&<>"\p{Cc}]/gu,
    (character) => ENTITIES[character] ?? `&#x${character.charCodeAt(0).toString(16)};`,
  );

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  htmlEntities: true,
});

/** A part of a body that was read. */
export class Xml {
  readonly #node: unknown;

  constructor(node: unknown) {
    this.#node = node;
  }

  /** The elements of that name directly below. */
  all(name: string): Xml[] {
    const node = this.#node;
    if (typeof node !== "object" || node === null || !Object.hasOwn(node, name)) return [];
    const found: unknown = Object.entries(node).find(([key]) => key === name)?.[1];
    return (Array.isArray(found) ? found : [found]).map((one) => new Xml(one));
  }

  /** The first element of that name. */
  one(name: string): Xml | undefined {
    return this.all(name)[0];
  }

  /** The text of the first element of that name. */
  text(name: string): string | undefined {
    return this.one(name)?.value;
  }

  /** Its own text. */
  get value(): string {
    if (typeof this.#node === "string") return this.#node;
    return this.text("#text") ?? "";
  }
}

/** @throws SpacesError MalformedXML for anything that isn't a document with that root */
export function parseXml(text: string, root: string): Xml {
  const malformed = () =>
    new SpacesError(
      "MalformedXML",
      "The XML you provided was not well-formed or did not validate against our published schema",
    );
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw malformed();
  let parsed: unknown;
  try {
    parsed = parser.parse(text, true);
  } catch {
    throw malformed();
  }
  const found = new Xml(parsed).one(root);
  if (!found) throw malformed();
  return found;
}
