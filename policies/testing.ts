import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Circumstances, judge, mended, type TestResource } from "./kit.ts";
import type { Rule } from "./rule.ts";

/** What a test file says about a rule. Each case is some resources, the first of which is the one that matters. */
interface Cases extends Circumstances {
  /** The rule is kept. */
  good: Record<string, TestResource[]>;
  /** The rule is broken: at this property, with a message that says this. */
  bad: Record<string, [resources: TestResource[], at: string, says: RegExp]>;
  /** Only the deployment will tell, and this is the property that does. */
  unknown?: Record<string, [resources: TestResource[], ...at: string[]]>;
  /** What the rule leaves of the inputs that it may mend. */
  mends?: Record<string, [resource: TestResource, inputs: Record<string, unknown>]>;
}

/** Runs the cases of a rule, as the engine would run the rule. */
export function cases(rule: Rule, { good, bad, unknown = {}, mends = {}, ...circumstances }: Cases): void {
  const found = (resources: TestResource[]) => judge([rule], resources, circumstances);
  describe(rule.name, () => {
    for (const [name, resources] of Object.entries(good))
      test(`accepts ${name}`, async () => {
        assert.deepEqual(await found(resources), { violations: [], undecided: [] });
      });
    for (const [name, [resources, at, says]] of Object.entries(bad))
      test(`stops ${name}`, async () => {
        const { violations, undecided } = await found(resources);
        assert.deepEqual(undecided, []);
        const [first, ...others] = violations.filter(({ urn }) => urn === resources[0]?.urn);
        assert.ok(first, `nothing was said about ${resources[0]?.urn}`);
        assert.equal(first.path, at);
        assert.match(`${first.wrong}. ${first.fix}`, says);
        for (const { path } of others) assert.notEqual(path, at, "the same is said twice");
      });
    for (const [name, [resources, ...at]] of Object.entries(unknown))
      test(`leaves open ${name}`, async () => {
        const { violations, undecided } = await found(resources);
        assert.deepEqual(violations, []);
        assert.deepEqual(
          undecided.map(({ path }) => path),
          at,
        );
      });
    for (const [name, [resource, inputs]] of Object.entries(mends))
      test(`mends ${name}`, async () => {
        const after = await mended([rule], resource);
        assert.deepEqual(after, inputs);
        const { violations } = await found([{ ...resource, inputs: after }]);
        assert.deepEqual(violations, []);
      });
  });
}
