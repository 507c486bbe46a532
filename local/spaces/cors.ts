import { SpacesError } from "./errors.ts";
import { type Content, parseXml, type Xml } from "./xml.ts";

/** What a page of another origin may do with a bucket (https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html). */
export interface CorsRule {
  readonly id?: string;
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
  readonly maxAge?: number;
}

const METHODS = ["GET", "PUT", "POST", "DELETE", "HEAD"];
const MAX_RULES = 100;

export function corsFromXml(text: string): CorsRule[] {
  const rules = parseXml(text, "CORSConfiguration").all("CORSRule").map(rule);
  if (rules.length === 0 || rules.length > MAX_RULES)
    throw new SpacesError("MalformedXML", `a CORS configuration has 1 to ${MAX_RULES} rules`);
  return rules;
}

function rule(xml: Xml): CorsRule {
  const texts = (name: string) => xml.all(name).map(({ value }) => value);
  const [id, maxAge] = [xml.text("ID"), xml.text("MaxAgeSeconds")];
  const [origins, methods] = [texts("AllowedOrigin"), texts("AllowedMethod")];
  if (origins.length === 0 || methods.length === 0)
    throw new SpacesError("MalformedXML", "a CORS rule needs AllowedOrigin and AllowedMethod");
  for (const method of methods)
    if (!METHODS.includes(method))
      throw new SpacesError(
        "InvalidRequest",
        `Found unsupported HTTP method in CORS config. Unsupported method is ${method}`,
      );
  for (const pattern of [...origins, ...texts("AllowedHeader")])
    if (pattern.split("*").length > 2)
      throw new SpacesError("InvalidRequest", `${pattern} can not have more than one wildcard`);
  if (maxAge !== undefined && !/^\d+$/.test(maxAge))
    throw new SpacesError("MalformedXML", "MaxAgeSeconds must be a whole number");
  return {
    ...(id !== undefined && { id }),
    origins,
    methods,
    headers: texts("AllowedHeader"),
    exposed: texts("ExposeHeader"),
    ...(maxAge !== undefined && { maxAge: Number(maxAge) }),
  };
}

export const corsXml = (rules: readonly CorsRule[]): Content => ({
  CORSRule: rules.map(({ id, origins, methods, headers, exposed, maxAge }) => ({
    ID: id,
    AllowedOrigin: origins,
    AllowedMethod: methods,
    AllowedHeader: headers,
    ExposeHeader: exposed,
    MaxAgeSeconds: maxAge,
  })),
});

/**
 * The headers that let a page of `origin` see an answer; undefined when no rule does.
 *
 * @param asked the headers that a preflight asks for
 */
export function corsHeaders(
  rules: readonly CorsRule[],
  origin: string,
  method: string,
  asked: readonly string[] = [],
): Record<string, string> | undefined {
  const found = rules.find(
    ({ origins, methods, headers }) =>
      methods.includes(method) &&
      origins.some((pattern) => fits(pattern, origin)) &&
      asked.every((header) => headers.some((pattern) => fits(pattern.toLowerCase(), header.toLowerCase()))),
  );
  if (!found) return undefined;
  const anyone = found.origins.includes("*");
  return {
    "access-control-allow-origin": anyone ? "*" : origin,
    "access-control-allow-methods": found.methods.join(", "),
    ...(asked.length > 0 && { "access-control-allow-headers": asked.join(", ") }),
    ...(found.exposed.length > 0 && { "access-control-expose-headers": found.exposed.join(", ") }),
    ...(found.maxAge !== undefined && { "access-control-max-age": String(found.maxAge) }),
    ...(!anyone && { "access-control-allow-credentials": "true" }),
    vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
  };
}

function fits(pattern: string, text: string): boolean {
  const [start = "", end] = pattern.split("*");
  return end === undefined
    ? pattern === text
    : text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
}
