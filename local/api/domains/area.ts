import type { Area } from "../area.ts";
import { domains, records } from "./domains.ts";

export const area: Area = { title: "Domains", resources: [domains, records] };
