import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { Refusal } from "./http.ts";

/** The front end: the few files of `public`, under a policy that lets nothing else run. */

const FILES: Record<string, readonly [file: string, type: string]> = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/app.js": ["app.js", "text/javascript; charset=utf-8"],
  "/style.css": ["style.css", "text/css; charset=utf-8"],
};

export async function sendPage(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const page = FILES[path];
  if (!page || (request.method !== "GET" && request.method !== "HEAD")) throw new Refusal(404, "not found");
  const [file, type] = page;
  const content = await readFile(join(import.meta.dirname, "public", file));
  response.writeHead(200, {
    "content-type": type,
    "content-length": content.length,
    "cache-control": "no-cache",
    "content-security-policy":
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
    "strict-transport-security": "max-age=63072000",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
  });
  response.end(request.method === "HEAD" ? undefined : content);
}
