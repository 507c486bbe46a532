/** A random string, not a secret. Import it by its value. */
import { string } from "../../provider/schema.ts";
import { once } from "../once.ts";
import { adoptedText, checkText, planText, randomText, textInputs } from "../text.ts";

export default once({
  properties: { ...textInputs, result: string({ output: true }) },
  check: checkText,
  plan: planText,
  make: (planned) => {
    const result = randomText(planned);
    return { id: result, state: { result } };
  },
  adopt: (value) => ({ id: value, state: adoptedText(value) }),
});
