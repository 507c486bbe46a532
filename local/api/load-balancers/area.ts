import type { Area } from "../area.ts";
import { loadBalancers } from "./load-balancers.ts";

export const area: Area = { title: "Load balancers", resources: [loadBalancers] };
