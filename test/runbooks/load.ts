import type { Page } from "../../local/api/apps/testing.ts";
import type { RunbookStack } from "./stack.ts";

type Call = RunbookStack["call"];

/** What people do with the product all the time. */
export interface Load {
  /** Waits until so many more requests were answered, or one failed. */
  more: (requests: number) => Promise<void>;
  /** Ends it. Gives the number of requests, and what went wrong with some, in words. */
  end: () => Promise<{ requests: number; failed: string[] }>;
}

/** Waits for a condition that other work brings about. */
const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 50));
};

/**
 * Signs up, and begins some loops of requests. Each round writes and reads an object, rows, documents and, by the session, the cache, and
 * reads back what it wrote.
 */
export async function load(call: Call, email: string, loops = 3): Promise<Load> {
  const failed: string[] = [];
  let requests = 0;
  let ended = false;
  const ask = async (...what: Parameters<Call>): Promise<Page | undefined> => {
    const begun = `${new Date().toISOString()} ${what[0]} ${what[1]}`;
    requests += 1;
    try {
      const page = await call(...what);
      if (page.status >= 400) failed.push(`${begun}: ${page.status} ${page.text}`);
      return page;
    } catch (error) {
      failed.push(`${begun}: ${String(error)}`);
      return undefined;
    }
  };
  const round = async (text: string) => {
    const made = await ask("POST", "/api/resumes?name=cv.txt", text);
    const id = made?.status === 201 ? (JSON.parse(made.text) as { id: string }).id : "none";
    const back = await ask("GET", `/api/resumes/${id}`);
    if (back?.status === 200 && back.text !== text) failed.push(`resume ${id} is ${back.text}`);
    const { status } = (await ask("POST", "/api/letters", { text })) ?? {};
    const letters = await ask("GET", "/api/letters");
    if (status === 201 && letters?.status === 200 && !letters.text.includes(text))
      failed.push(`letter ${text} is missing`);
  };
  await ask("POST", "/api/register", { email, password: "correct horse battery" });
  const all = Array.from({ length: loops }, async (_, loop) => {
    for (let number = 1; !ended; number++) await round(`loop ${loop}, number ${number}.`);
  });
  return {
    async more(count) {
      const goal = requests + count;
      await until(() => requests >= goal || failed.length > 0);
    },
    async end() {
      ended = true;
      await Promise.all(all);
      return { requests, failed };
    },
  };
}
