import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { daysBetween, limits, settingsOf } from "./configuration.ts";
import { type Circumstances, judge, resource, unknown } from "./kit.ts";
import type { ResourceRule } from "./rule.ts";

const type = "test:index:Thing";
const about = {
  description: "A rule.",
  group: "hygiene",
  severity: "low",
  url: "https://example.com",
  fix: "mend it",
  types: [type],
} as const;
const strict: ResourceRule = {
  ...about,
  name: "strict",
  level: "mandatory",
  check: (_it, report) => report("a", "it is bad"),
};
const mild: ResourceRule = {
  ...about,
  name: "mild",
  level: "advisory",
  check: (_it, report) => report("b", "it is odd"),
};
const rules = [strict, mild];
const thing = resource(type, {}, { name: "thing" });
const today = new Date("2026-11-24T15:00:00Z");

const rulesTold = async (settings: object, resources = [thing]) =>
  (await judge(rules, resources, { settings: { ...settings }, today })).violations.map(
    ({ rule, level, path, wrong }) => ({ rule, level, path, wrong }),
  );

describe("settings", () => {
  test("production is told by the stack's name, or by the settings", () => {
    const production = (stack: string, environment?: string) =>
      settingsOf(environment ? { "policies:environment": environment } : {}, stack).production;
    for (const stack of ["prod", "production", "eu-prod", "live", "rehearse-prod"])
      assert.equal(production(stack), true, stack);
    for (const stack of ["", "staging", "local", "product", "reprod", "delivery"])
      assert.equal(production(stack), false, stack);
    assert.equal(production("prod", "other"), false);
    assert.equal(production("main", "production"), true);
  });

  test("limits have their defaults, and a stack its own", () => {
    const own = settingsOf({ "policies:limits": '{"budget":100,"tags":["a"]}' });
    assert.deepEqual(own.problems, []);
    assert.deepEqual(
      [own.limits.budget, own.limits.tags, own.limits.drillDays],
      [100, ["a"], limits.drillDays.default],
    );
  });

  test("a level can be raised, and an advisory rule switched off", async () => {
    assert.deepEqual(
      (await rulesTold({ levels: { mild: "mandatory" } })).map(({ rule, level }) => [rule, level]),
      [
        ["strict", "mandatory"],
        ["mild", "mandatory"],
      ],
    );
    assert.deepEqual(
      (await rulesTold({ levels: { mild: "off" } })).map(({ rule }) => rule),
      ["strict"],
    );
  });

  test("Pulumi's own configuration raises levels, switches off, and sets limits of one rule", async () => {
    const limited: ResourceRule = {
      ...mild,
      name: "limited",
      limits: ["dnsTtl"],
      check: (_it, report, { limits: { dnsTtl } }) => report("c", `at most ${dnsTtl}`),
    };
    const told = async (config: Circumstances["config"]) =>
      (await judge([strict, mild, limited], [thing], { config, today })).violations.map(
        ({ rule, level, path, wrong }) => `${level} ${rule} ${path}: ${wrong}`,
      );
    const [bad, odd] = ["mandatory strict a: it is bad", "advisory mild b: it is odd"];
    assert.deepEqual(await told({}), [bad, odd, "advisory limited c: at most 3600"]);
    assert.deepEqual(
      await told({ mild: { level: "mandatory" }, limited: { level: "mandatory", dnsTtl: 60 } }),
      [bad, "mandatory mild b: it is odd", "mandatory limited c: at most 60"],
    );
    assert.deepEqual(await told({ mild: { level: "disabled" }, limited: { level: "disabled" } }), [bad]);
    assert.deepEqual((await told({ all: { level: "mandatory" } })).length, 3);
  });

  test("Pulumi's own configuration lowers no mandatory rule, silences nothing, and is refused in one line", async () => {
    const wrong: [config: Circumstances["config"], says: RegExp][] = [
      [
        { strict: { level: "advisory" } },
        /^mandatory rules stay so, and it lowers strict: that takes an exception/,
      ],
      [{ all: { level: "disabled" } }, /it lowers rules-of-resources, strict, settings-valid and 2 more: /],
      [{ "rules-of-resources": { level: "disabled" } }, /it lowers rules-of-resources: /],
      [{ mild: { level: "remediate" } }, /^no rule mild can mend anything/],
      [{ mildd: { level: "mandatory" } }, /^there is no rule mildd/],
      [{ mild: { dnsTtl: 1, ttl: 2 } }, /^mild takes no dnsTtl or ttl/],
    ];
    for (const [config, says] of wrong) {
      const { violations } = await judge(rules, [thing], { config, today });
      const [first] = violations;
      assert.deepEqual([first?.rule, first?.level], ["strict", "mandatory"]);
      const told = violations.filter(({ rule }) => rule === "settings-valid");
      assert.deepEqual(
        told.map(({ path, level }) => [path, level]),
        [["policy-pack-config", "mandatory"]],
      );
      assert.match(told[0]?.wrong ?? "", says);
    }
  });

  test("a mandatory rule stays mandatory, and the attempt is a violation", async () => {
    for (const level of ["advisory", "off"]) {
      const told = await rulesTold({ levels: { strict: level } });
      assert.deepEqual(
        told.map((each) => [each.rule, each.level, each.path]),
        [
          ["strict", "mandatory", "a"],
          ["mild", "advisory", "b"],
          ["settings-valid", "mandatory", "policies:levels.strict"],
        ],
      );
    }
  });

  const wrong: [name: string, settings: object, at: string, says: RegExp][] = [
    [
      "a setting that there is not",
      { level: {} },
      "policies:level",
      /is no setting; there are environment, levels/,
    ],
    ["another environment", { environment: "staging" }, "policies:environment", /"production" or "other"/],
    [
      "a level that there is not",
      { levels: { mild: "error" } },
      "policies:levels.mild",
      /"mandatory", "advisory" or "off"/,
    ],
    ["a rule that there is not", { levels: { mildd: "off" } }, "policies:levels.mildd", /no such rule/],
    ["levels that are a list", { levels: [] }, "policies:levels", /must be a map/],
    [
      "a limit that there is not",
      { limits: { money: 1 } },
      "policies:limits.money",
      /is no limit; there are budget/,
    ],
    [
      "a limit out of bounds",
      { limits: { drillDays: 0 } },
      "policies:limits.drillDays",
      /a number from 1 to 366/,
    ],
    ["a limit of another kind", { limits: { tags: "a" } }, "policies:limits.tags", /a list of texts/],
    [
      "an exception without an owner",
      { exceptions: [{ rule: "strict" }] },
      "policies:exceptions[0]",
      /resource, reason, owner, expires/,
    ],
    ["exceptions that are a map", { exceptions: {} }, "policies:exceptions", /must be a list/],
    ["a rule that can't mend", { mend: ["mild"] }, "policies:mend[0]", /no rule mild can mend/],
    [
      "what can't be attested",
      { attestations: { sleep: { on: "2026-01-01", by: "a", evidence: "b" } } },
      "policies:attestations.sleep",
      /can't be attested/,
    ],
  ];
  for (const [name, settings, at, says] of wrong)
    test(`${name} is a violation`, async () => {
      const told = (await rulesTold(settings, [])).filter(({ rule }) => rule === "settings-valid");
      assert.deepEqual(
        told.map(({ path, level }) => [path, level]),
        [[at, "mandatory"]],
      );
      assert.match(told[0]?.wrong ?? "", says);
    });

  test("whatever is configured, nothing throws", () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom("environment", "levels", "limits", "exceptions", "mend", "attestations", "x"),
          fc.json(),
        ),
        (given) => {
          const config = Object.fromEntries(
            Object.entries(given).map(([key, value]) => [`policies:${key}`, value]),
          );
          settingsOf(config, "prod");
        },
      ),
    );
  });

  test("days are counted by the calendar", () => {
    assert.equal(daysBetween(today, "2026-11-24"), 0);
    assert.equal(daysBetween(today, "2026-12-01"), 7);
    assert.equal(daysBetween(today, "2026-11-23"), -1);
    assert.equal(daysBetween(today, "soon"), Number.NaN);
  });
});

describe("exceptions", () => {
  const exception = {
    rule: "strict",
    resource: `${type}::thing`,
    reason: "moved away next quarter",
    owner: "ops",
    expires: "2026-12-31",
  };
  const told = (changes: object, resources = [thing]) =>
    rulesTold({ exceptions: [{ ...exception, ...changes }] }, resources);

  test("cover one rule of one resource, and are listed", async () => {
    assert.deepEqual(await told({}), [
      { rule: "mild", level: "advisory", path: "b", wrong: "it is odd" },
      {
        rule: "exceptions-listed",
        level: "advisory",
        path: "",
        wrong: "an exception from strict holds until 2026-12-31 (ops): moved away next quarter",
      },
    ]);
    assert.deepEqual(
      (await told({ resource: thing.urn })).map(({ rule }) => rule),
      ["mild", "exceptions-listed"],
    );
  });

  test("cover what is undecided as well", async () => {
    const open: ResourceRule = { ...strict, check: (it) => void it.get("a").text() };
    const { undecided } = await judge([open], [resource(type, { a: unknown }, { name: "thing" })], {
      settings: { exceptions: [exception] },
      today,
    });
    assert.deepEqual(undecided, []);
  });

  const bad: [name: string, changes: object, says: RegExp, covers?: boolean][] = [
    ["expired", { expires: "2026-11-23" }, /it expired on 2026-11-23/],
    ["too long", { expires: "2028-01-01" }, /180 are allowed/],
    ["without a day", { expires: "never" }, /YYYY-MM-DD/],
    ["too broad in its rule", { rule: "*" }, /too broad/],
    ["too broad in its resource", { resource: `${type}::*` }, /too broad/],
    ["from a rule that there is not", { rule: "lax" }, /no rule lax/],
    ["without a reason", { reason: "because" }, /says too little/],
    ["for a resource by half its name", { resource: "thing" }, /a URN or Type::name/],
    ["for a resource that there is not", { resource: `${type}::gone` }, /no such resource/],
  ];
  for (const [name, changes, says] of bad)
    test(`${name} are violations, and cover nothing`, async () => {
      const found = await told(changes);
      assert.ok(found.some(({ rule }) => rule === "strict"));
      const [own] = found.filter(({ rule }) => rule === "exceptions-valid");
      assert.deepEqual([own?.level, own?.path], ["mandatory", "policies:exceptions[0]"]);
      assert.match(own?.wrong ?? "", says);
    });

  test("that are not needed are violations", async () => {
    const kept: ResourceRule = { ...strict, check: () => undefined };
    const { violations } = await judge([kept], [thing], { settings: { exceptions: [exception] }, today });
    assert.match(violations[0]?.wrong ?? "", /not needed any more/);
  });

  test("that fit two resources are too broad", async () => {
    const twin = { ...thing, urn: thing.urn.replace("::program::", "::program::a:b$") };
    assert.match(
      (await told({}, [thing, twin])).find(({ rule }) => rule === "exceptions-valid")?.wrong ?? "",
      /2 resources/,
    );
  });
});
