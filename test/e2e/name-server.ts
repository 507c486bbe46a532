import { createSocket, type RemoteInfo } from "node:dgram";

/** A name server of a test's own, on loopback: it knows the name servers of some zones, and nothing else. */
export interface NameServer {
  /** `127.0.0.1:port`. */
  address: string;
  /** Delegates a zone. */
  delegate: (zone: string, servers: string[]) => void;
  close: () => Promise<void>;
}

const NS = 2;
const NO_SUCH_NAME = 3;

export async function nameServer(): Promise<NameServer> {
  const zones = new Map<string, string[]>();
  const socket = createSocket("udp4");
  socket.on("message", (query: Buffer, from: RemoteInfo) => {
    socket.send(answer(query, zones), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    delegate: (zone, servers) => zones.set(zone, servers),
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

/** RFC 1035, section 4: the header, the question as it came, and a record for each server. */
function answer(query: Buffer, zones: Map<string, string[]>): Buffer {
  const labels: string[] = [];
  let end = 12;
  for (let length = query[end] ?? 0; length > 0; length = query[end] ?? 0) {
    labels.push(query.toString("ascii", end + 1, end + 1 + length));
    end += 1 + length;
  }
  const question = query.subarray(12, end + 5); // the name's end, its type and its class
  const servers = zones.get(labels.join(".").toLowerCase());
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | (servers ? 0 : NO_SUCH_NAME), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(servers?.length ?? 0, 6);
  return Buffer.concat([header, question, ...(servers ?? []).map(record)]);
}

function record(server: string): Buffer {
  const name = Buffer.concat([
    ...server.split(".").map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.from([0]),
  ]);
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0); // the name is that of the question
  head.writeUInt16BE(NS, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(60, 6);
  head.writeUInt16BE(name.length, 10);
  return Buffer.concat([head, name]);
}
