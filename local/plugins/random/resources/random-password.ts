/** A random secret and its bcrypt hash. Import it by its value. */
import { string } from "../../provider/schema.ts";
import { once } from "../once.ts";
import { adoptedText, checkText, planText, randomText, textInputs } from "../text.ts";

/** bcrypt sees 72 bytes; what is behind them doesn't count. Node has no bcrypt of its own. */
async function bcryptHash(password: string): Promise<string> {
  const { default: bcrypt } = await import("bcryptjs");
  return bcrypt.hash(password, 10);
}

export default once({
  properties: {
    ...textInputs,
    result: string({ output: true, secret: true }),
    bcryptHash: string({ output: true, secret: true }),
  },
  check: checkText,
  plan: planText,
  make: async (planned) => {
    const result = randomText(planned);
    return { id: "none", state: { result, bcryptHash: await bcryptHash(result) } };
  },
  adopt: async (value) => ({
    id: "none",
    state: { ...adoptedText(value), bcryptHash: await bcryptHash(value) },
  }),
});
