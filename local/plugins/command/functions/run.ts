/** A command that runs whenever the program does, previews included (pulumi-command: local.run). */
import type { Invokable } from "../../provider/resource.ts";
import { string } from "../../provider/schema.ts";
import { results, run, settings } from "../run.ts";

export default {
  properties: { command: string({ required: true }), ...settings, ...results },
  invoke: async (operation, inputs) => ({
    ...inputs,
    ...(await run(operation, String(inputs.command), inputs)),
  }),
} satisfies Invokable<null>;
