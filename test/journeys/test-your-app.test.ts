// docs/test-your-app.md in a folder of the reader's outside the clone. test/projects runs each of its examples.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { codeIn } from "../support/markdown.ts";
import { Reader } from "./support/reader.ts";
import { CLONE, Section } from "./support/section.ts";

const PAGE = "docs/test-your-app.md";

it("packs and installs as the page says, and the example passes", async () => {
  using reader = new Reader();
  reader.write("package.json", '{ "private": true, "type": "module" }');
  const section = new Section(PAGE, "Test your app with a Redis that moves", reader.app);
  section.skip("npm ci", "this clone is installed");
  for (let packages = 0; packages < 2; packages++)
    await reader.run(section.next("npm pack"), CLONE);
  await reader.run(`${section.next("cd")} && ${section.next("npm install")}`);
  await reader.run(section.next("npm install --save-dev"));

  const examples = codeIn(readFileSync(join(CLONE, PAGE), "utf8"), "js");
  const example = examples.find((code) => code.startsWith("// node.test.mjs")) ?? "";
  reader.write("node.test.mjs", example);
  expect(await reader.run("node --test")).toMatch(/^# pass 1$/m);
});
