import type { ServerResponse } from "node:http";

/** An answer of the router's own. When one was begun already, the connection breaks: the client must not take it for whole. */
export function refuse(response: ServerResponse, status: number, why: string): void {
  if (response.headersSent) return void response.destroy();
  const body = `${why}\n`;
  response
    .writeHead(status, {
      "content-type": "text/plain; charset=utf-8",
      "content-length": Buffer.byteLength(body),
    })
    .end(body);
}
