/** A random UUID of version 4. Import it by its value. */
import { randomUUID } from "node:crypto";
import { uuid } from "../uuid.ts";

export default uuid(randomUUID);
