import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import ts from "typescript";

const folder = new URL("./", import.meta.url);

/** The documentation of each field of each exported interface of the components. */
function* fields(): Generator<{ where: string; optional: boolean; text: string }> {
  for (const file of readdirSync(folder).filter(
    (name) => /^[a-z-]+\.ts$/.test(name) && name !== "testing.ts",
  )) {
    const source = ts.createSourceFile(
      file,
      readFileSync(new URL(file, folder), "utf8"),
      ts.ScriptTarget.Latest,
      true,
    );
    for (const statement of source.statements) {
      const exported =
        ts.canHaveModifiers(statement) &&
        ts.getModifiers(statement)?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword);
      if (!exported || !ts.isInterfaceDeclaration(statement)) continue;
      for (const member of statement.members)
        if (ts.isPropertySignature(member))
          yield {
            where: `${file}: ${statement.name.text}.${member.name.getText()}`,
            optional: member.questionToken !== undefined,
            text: ts
              .getJSDocCommentsAndTags(member)
              .map((comment) => comment.getText())
              .join("\n"),
          };
    }
  }
}

test("every field that a caller can set says what it means, and what stands for it when it is left out", () => {
  const all = [...fields()];
  assert.ok(all.length > 60);
  const silent = all.filter(({ text }) => text === "").map(({ where }) => where);
  assert.deepEqual(silent, [], "fields without documentation");
  const unsaid = all
    .filter(({ optional, text }) => optional && !text.includes("@default"))
    .map(({ where }) => where);
  assert.deepEqual(unsaid, [], "optional fields without @default");
});
