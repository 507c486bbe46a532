import assert from "node:assert/strict";
import { test } from "node:test";
import { stepsOf } from "../runbooks/steps.ts";
import { workflow } from "./runner.ts";

/** What the workflow runs is what the page says, which test/runbooks/running-stack.test.ts runs. */
test("the workflow opens and closes by the commands of the page", () => {
  const { open, close } = workflow("access").jobs;
  const commands = [open, close].map((job) => job?.steps.at(-1)?.run?.trim());
  const page = stepsOf("one-address-for-an-hour.md").slice(0, 2);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
  const asInput = (block: string) => block.trim().replace("${MINUTES:-60}", "$MINUTES");
  assert.deepEqual(commands, page.map(asInput));
});

test("it opens when it is asked to, and closes by the clock", () => {
  const { on, jobs } = workflow("access");
  assert.deepEqual(Object.keys(on), ["schedule", "workflow_dispatch"]);
  assert.match(jobs.open?.if ?? "", /event_name == 'workflow_dispatch'$/);
  assert.match(jobs.close?.if ?? "", /event_name == 'schedule'$/);
});
