import type { Call, Route } from "../call.ts";
import type { ConsoleRow } from "../resource.ts";

/** One part of the API: what it serves, and what an account has of it from the beginning. */
export interface Area {
  /** As the console heads it. */
  title: string;
  resources: readonly { about: { kind: string }; routes: readonly Route[]; rows(call: Call): ConsoleRow[] }[];
  /** Routes that belong to no described resource. */
  routes?: readonly Route[];
  /** What a new account starts with. */
  seed?(call: Call): void;
}
