import { type Call, created, noContent, ok, type Route } from "./call.ts";
import { notFound } from "./errors.ts";
import { Fault, type Faults } from "./faults.ts";
import { parse } from "./input.ts";

/** What rehearsals and tests ask of the cloud itself, under `/_local/`: faults, everything that exists, and a new account. */
export function adminRoutes(faults: Faults, startAfresh: (call: Call) => void): Route[] {
  return [
    { method: "GET", path: "/_local/faults", handle: () => ok({ faults: faults.list() }) },
    {
      method: "POST",
      path: "/_local/faults",
      handle: (call) => created({ fault: faults.set(parse(Fault, call.body)) }),
    },
    {
      method: "DELETE",
      path: "/_local/faults",
      handle() {
        faults.clear();
        return noContent();
      },
    },
    {
      method: "DELETE",
      path: "/_local/faults/:id",
      handle(call) {
        if (!faults.clear(call.params.id)) throw notFound("fault not found");
        return noContent();
      },
    },
    { method: "GET", path: "/_local/contents", handle: ({ store }) => ok({ contents: store.contents() }) },
    {
      method: "POST",
      path: "/_local/reset",
      handle(call) {
        faults.clear();
        startAfresh(call);
        return noContent();
      },
    },
  ];
}
