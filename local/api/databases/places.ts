import type { Call } from "../../call.ts";
import type { Place } from "../../dataplane/dataplane.ts";
import type { Server } from "./cluster.ts";

/** The places of every cluster and replica there is. */
export const takenPlaces = (call: Call<unknown>): Place[] =>
  call.store.withUrn<Server>("dbaas").map((server) => server.place);
