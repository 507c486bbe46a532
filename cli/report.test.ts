import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { destination, type Report, render } from "./report.ts";

const report = (cell: string): Report => ({
  title: "Stack prod: 1 problem",
  blocks: [
    { heading: "Found" },
    {
      columns: ["what", "USD"],
      numbers: ["USD"],
      rows: [
        [cell, "1.50"],
        ["total", "12.00"],
      ],
    },
    { list: ["one", cell] },
    "A paragraph.",
  ],
  data: { cell },
});

test("text stands in columns, with numbers at the right", () => {
  assert.equal(
    render(report("node"), "table"),
    "Stack prod: 1 problem\n\nFound:\n\n  what     USD\n  node    1.50\n  total  12.00\n\n  one\n  node\n\nA paragraph.\n",
  );
});

test("whatever a cloud or a pull request brings stays text on a page, and leaves the table whole", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."a|`*_<>[]\\\n-:") }), (cell) => {
      const lines = render(report(cell), "markdown").split("\n");
      const rows = lines.filter((line) => line.startsWith("| "));
      assert.equal(rows.length, 4);
      assert.equal(lines.length, render(report("node"), "markdown").split("\n").length);
      for (const row of rows) assert.equal(row.replace(/\\./g, "").match(/\|/g)?.length, 3, row);
      const marks = lines
        .filter((line) => !line.startsWith("| "))
        .join("\n")
        .replace(/\\./g, "");
      assert.doesNotMatch(marks, /[`*_<>[\]]/);
    }),
  );
});

test("JSON is the data itself", () => {
  fc.assert(
    fc.property(fc.string(), (cell) => assert.deepEqual(JSON.parse(render(report(cell), "json")), { cell })),
  );
});

test("a form or a file's name that is none is refused before the work begins", () => {
  assert.throws(
    () => destination({ format: "xml", out: [] }),
    /--format is "xml"; allowed: table, json, markdown/,
  );
  assert.throws(
    () => destination({ format: "json", out: ["a.md", "b"] }),
    /--out is "b": its name must end in/,
  );
  assert.deepEqual(
    destination({ format: "json", out: ["/a.md", "/b.json", "/c.txt"] }).files.map(({ format }) => format),
    ["markdown", "json", "table"],
  );
});
