/** UUIDs of any version. */
import { string } from "../provider/schema.ts";
import { keepers, once, type Random } from "./once.ts";

export const uuid = (make: () => string): Random =>
  once({
    properties: { keepers, result: string({ output: true }) },
    make: () => {
      const result = make();
      return { id: result, state: { result } };
    },
    adopt: (value) => {
      if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value))
        throw new Error("import a UUID by its value");
      return { id: value, state: { result: value } };
    },
  });
