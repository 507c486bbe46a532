import * as z from "zod";
import { type Call, noContent, ok, type Route } from "../../call.ts";
import { parse } from "../../input.ts";
import { newId } from "../../relations.ts";
import { newPassword } from "./contents.ts";

interface Credentials {
  username: string;
  password: string;
}

const METRICS = "metrics credentials";

/** One login for the metrics endpoints of every cluster of the account. */
export function seedMetrics(call: Call): void {
  const body: Credentials = { username: "metrics", password: newPassword() };
  call.store.insert({
    ...body,
    kind: METRICS,
    id: newId(),
    parent: "",
    name: "metrics",
    createdAt: call.now,
  });
}

const Input = z.object({
  credentials: z.object({ basic_auth_username: z.string().min(1), basic_auth_password: z.string().min(1) }),
});

export const metricsRoutes: Route[] = [
  {
    method: "GET",
    path: "/v2/databases/metrics/credentials",
    handle(call) {
      const [known] = call.store.list<Credentials>(METRICS, "");
      return ok({
        credentials: { basic_auth_username: known?.username, basic_auth_password: known?.password },
      });
    },
  },
  {
    method: "PUT",
    path: "/v2/databases/metrics/credentials",
    handle(call) {
      const { credentials } = parse(Input, call.body);
      for (const known of call.store.list<Credentials>(METRICS, ""))
        call.store.update({
          ...known,
          username: credentials.basic_auth_username,
          password: credentials.basic_auth_password,
        });
      return noContent();
    },
  },
];
