import { createReadStream } from "node:fs";
import { open, realpath } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { pipeline } from "node:stream";
import { refuse } from "./refuse.ts";

/** A static site: the folder with its files, and the documents for what is not one of them. */
export interface Site {
  readonly folder: string;
  readonly index: string;
  readonly error: string;
  readonly catchall?: string;
}

const TYPES: Record<string, string> = {
  ".avif": "image/avif",
  ".css": "text/css; charset=utf-8",
  ".gif": "image/gif",
  ".htm": "text/html; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff": "font/woff",
  ".woff2": "font/woff2",
  ".xml": "application/xml",
};

/** Answers with the file of this path: the index of a folder, the catch-all or the error document for what is not there. */
export async function serveFile(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  site: Site,
): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD")
    return refuse(response, 405, "a site is only read");
  const name = decoded(path);
  const found =
    (name !== undefined && (await fileOf(site.folder, name, site.index))) ||
    (site.catchall && (await fileOf(site.folder, site.catchall, site.index)));
  if (found) return send(request, response, 200, found);
  const error = await fileOf(site.folder, site.error, site.index);
  if (error) return send(request, response, 404, error);
  refuse(response, 404, "not found");
}

interface Found {
  path: string;
  size: number;
  modified: Date;
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  file: Found,
): Promise<void> {
  const etag = `"${file.size.toString(16)}-${file.modified.getTime().toString(16)}"`;
  const headers = {
    etag,
    "last-modified": file.modified.toUTCString(),
    "cache-control": "public,max-age=10,s-maxage=86400", // the platform's own, which can't be set
    "content-type": TYPES[extname(file.path).toLowerCase()] ?? "application/octet-stream",
  };
  if (status === 200 && request.headers["if-none-match"] === etag)
    return void response.writeHead(304, headers).end();
  response.writeHead(status, { ...headers, "content-length": file.size });
  if (request.method === "HEAD") return void response.end();
  pipeline(createReadStream(file.path, { end: Math.max(0, file.size - 1) }), response, () => {});
}

/** The file of this name below the folder, links followed; undefined when there is none, or it lies outside. */
async function fileOf(folder: string, name: string, index: string): Promise<Found | undefined> {
  try {
    const root = await realpath(folder);
    let path = await realpath(join(root, name));
    if (path !== root && !path.startsWith(`${root}/`)) return undefined;
    let file = await open(path);
    if ((await file.stat()).isDirectory()) {
      await file.close();
      path = join(path, index);
      file = await open(path);
    }
    const stats = await file.stat();
    await file.close();
    return stats.isFile() ? { path, size: stats.size, modified: stats.mtime } : undefined;
  } catch {
    return undefined; // not there, or not readable
  }
}

function decoded(path: string): string | undefined {
  try {
    const name = decodeURIComponent(/^[^?#]*/.exec(path)?.[0] ?? "");
    return name.includes("\0") ? undefined : name;
  } catch {
    return undefined;
  }
}
