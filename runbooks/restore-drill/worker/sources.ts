import { z } from "zod";
import type { Source } from "../dumps/dump.ts";
import { engines } from "../dumps/manifest.ts";

const sources = z.array(z.object({ engine: z.enum(engines), uri: z.url(), ca: z.string().optional() }));

/** The product's databases, each as the user whom it belongs to. @throws without a word of the value, which is secret */
export function sourcesOf({ SOURCES }: NodeJS.ProcessEnv): Source[] {
  if (!SOURCES) return [];
  try {
    return sources.parse(JSON.parse(SOURCES));
  } catch {
    throw new Error("SOURCES: not what it must be");
  }
}
