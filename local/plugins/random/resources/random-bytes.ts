/** Random bytes as a secret. Import it by its base64. */
import { randomBytes } from "node:crypto";
import { between, integer, string } from "../../provider/schema.ts";
import { keepers, once } from "../once.ts";

const secret = { output: true, secret: true } as const;
const spelled = (bytes: Buffer) => ({ base64: bytes.toString("base64"), hex: bytes.toString("hex") });

export default once({
  properties: {
    keepers,
    length: integer({ required: true, replaces: true, check: between(1, 65536) }),
    base64: string(secret),
    hex: string(secret),
  },
  make: ({ length }) => ({ id: "none", state: spelled(randomBytes(Number(length))) }),
  adopt: (given) => {
    const bytes = Buffer.from(given, "base64");
    return { id: "none", state: { ...spelled(bytes), length: bytes.length } };
  },
});
