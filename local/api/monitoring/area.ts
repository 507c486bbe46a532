import type { Area } from "../area.ts";
import { policies } from "./policies.ts";
import { alerts, checks } from "./uptime.ts";

export const area: Area = { title: "Monitoring", resources: [policies, checks, alerts] };
