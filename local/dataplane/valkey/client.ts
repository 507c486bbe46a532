import { connect } from "node:net";

// RESP2, the protocol of Redis and Valkey (https://valkey.io/topics/protocol/), as far as the cloud itself talks to a server.

/** What a command is answered with; an error is one that was not thrown, so that others' answers are not lost. */
export type Reply = string | number | null | Error | readonly Reply[];

export interface Login {
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** Sends commands over one connection of their own, in order. @throws Error when it breaks, or signing in is refused */
export async function ask(login: Login, ...commands: readonly (readonly string[])[]): Promise<Reply[]> {
  const replies = new Replies();
  const socket = connect({ host: "127.0.0.1", port: login.port });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.on("error", reject);
      socket.on("close", () => reject(new Error("the server hung up")));
      socket.on("data", (data) => {
        replies.push(data);
        if (replies.all.length > commands.length) resolve();
      });
      const all = [["AUTH", login.user, login.password], ...commands];
      socket.write(all.map(encoded).join(""));
    });
  } finally {
    socket.destroy();
  }
  const [signedIn, ...answers] = replies.all;
  if (signedIn instanceof Error) throw signedIn;
  return answers;
}

const encoded = (words: readonly string[]) =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`;

class Replies {
  readonly all: Reply[] = [];
  #rest = Buffer.alloc(0);

  push(data: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, data]);
    for (let read = parse(this.#rest, 0); read; read = parse(this.#rest, 0)) {
      this.all.push(read.reply);
      this.#rest = this.#rest.subarray(read.end);
    }
  }
}

/** The reply that begins at `start`; undefined while it is not whole. */
function parse(data: Buffer, start: number): { reply: Reply; end: number } | undefined {
  const stop = data.indexOf("\r\n", start);
  if (stop < 0) return undefined;
  const text = data.toString("utf8", start + 1, stop);
  const end = stop + 2;
  switch (data.toString("latin1", start, start + 1)) {
    case "+":
      return { reply: text, end };
    case "-":
      return { reply: new Error(text), end };
    case ":":
      return { reply: Number(text), end };
    case "$": {
      const length = Number(text);
      if (length < 0) return { reply: null, end };
      if (data.length < end + length + 2) return undefined;
      return { reply: data.toString("utf8", end, end + length), end: end + length + 2 };
    }
    case "*":
      return list(data, end, Number(text));
    default:
      throw new Error("the server speaks another protocol");
  }
}

function list(data: Buffer, start: number, count: number): { reply: Reply; end: number } | undefined {
  const items: Reply[] = [];
  let end = start;
  for (let left = count; left > 0; left--) {
    const item = parse(data, end);
    if (!item) return undefined;
    items.push(item.reply);
    end = item.end;
  }
  return { reply: count < 0 ? null : items, end };
}
