import type { IncomingMessage, ServerResponse } from "node:http";

/** What a client reads when its request is refused. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const MAX_JSON = 64 * 1024;

/** The text fields of a JSON body. @throws Refusal when it is none, or too large, or a field is missing */
export async function fieldsOf<Name extends string>(
  request: IncomingMessage,
  ...names: Name[]
): Promise<Record<Name, string>> {
  // Pages of other sites can't send this type without being asked first (CORS).
  if (!/^application\/json\b/.test(request.headers["content-type"] ?? ""))
    throw new Refusal(415, "send JSON");
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_JSON) throw new Refusal(413, "the body is too large");
    chunks.push(chunk);
  }
  const body = parsed(Buffer.concat(chunks).toString());
  const fields = names.map((name) => {
    const value = body[name];
    if (typeof value !== "string" || value.trim() === "") throw new Refusal(400, `${name} is required`);
    return [name, value];
  });
  return Object.fromEntries(fields);
}

function parsed(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null) return { ...body };
  } catch {}
  throw new Refusal(400, "the body is not valid JSON");
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    "cache-control": "private, no-store",
    ...headers,
  });
  response.end(text);
}
