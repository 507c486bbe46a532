import type { Engine } from "./engine.ts";
import { mongodb } from "./mongodb/server.ts";
import { postgres } from "./postgres/server.ts";
import { valkey } from "./valkey/server.ts";

/** The engines that have servers here, by the API's names. */
export const engines: Readonly<Record<string, Engine>> = { pg: postgres, mongodb, valkey };
