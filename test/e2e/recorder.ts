import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

/** What went through: one exchange. */
export interface Exchange {
  method: string;
  path: string;
  body: string;
  status: number;
}

export interface Recorder {
  url: string;
  exchanges: Exchange[];
  close: () => Promise<void>;
}

/** A loopback proxy in front of an API that records every request that reaches it, and the answer's status. */
export async function recorder(upstream: string): Promise<Recorder> {
  const exchanges: Exchange[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const body = Buffer.concat(chunks);
      const { method = "GET", url = "/", headers } = incoming;
      const target = new URL(url, upstream);
      const forwarded = request(target, { method, headers: { ...headers, host: target.host } }, (answer) => {
        exchanges.push({ method, path: url, body: body.toString(), status: answer.statusCode ?? 0 });
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      forwarded.on("error", () => outgoing.destroy());
      forwarded.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    exchanges,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
