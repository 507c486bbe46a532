import { setTimeout as delay } from "node:timers/promises";
import { type Answer, type Api, get } from "../api.ts";

/** Looks that may fail before a drill gives up on an answer. */
const ATTEMPTS = 6;

/** Asks the API, again when it can't be reached or is busy: a drill runs long, and its end must not hang on one lost connection. */
export async function ask(api: Api, path: string): Promise<Answer> {
  for (let attempt = 1; attempt < ATTEMPTS; attempt++) {
    const answer = await get(api, path).catch(() => undefined);
    if (answer && answer.status !== 429 && answer.status < 500) return answer;
    await delay(attempt * 500);
  }
  return get(api, path);
}
