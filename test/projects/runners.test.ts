// Test runners of users. Each runs a compiled test file, as an ES module and as CommonJS.
import { afterAll, beforeAll, expect, it } from "vitest";

import { testFile } from "./support/programs.ts";
import { Project } from "./support/project.ts";

const JEST = "node_modules/jest/bin/jest.js";
const MODULES = { jest: "@jest/globals", vitest: "vitest", node: "node:test" };

let project: Project;

beforeAll(async () => {
  const config = { testEnvironment: "node", testRegex: String.raw`\.test\.[cm]js$`, transform: {} };
  project = await Project.create({ "jest.config.json": JSON.stringify(config) });
  const files = Object.entries(MODULES).flatMap(([runner, module]) =>
    ["mts", "cts"].map((end) => [`${runner}.test.${end}`, testFile(module)] as const),
  );
  project.write(Object.fromEntries(files));
  const compilerOptions = { module: "nodenext", target: "es2022", types: ["node"], strict: true };
  project.write({ "tsconfig.json": JSON.stringify({ compilerOptions }) });
  await project.node("node_modules/typescript/bin/tsc");
});

afterAll(() => project[Symbol.asyncDispose]());

it("Jest runs an ES module", async () => {
  const run = project.node("--experimental-vm-modules", JEST, "jest.test.mjs");
  await expect(run).resolves.toBe("");
});

it("Jest runs CommonJS", async () => {
  await expect(project.node(JEST, "jest.test.cjs")).resolves.toBe("");
});

it("Vitest runs an ES module", async () => {
  const output = await project.node("node_modules/vitest/vitest.mjs", "run", "vitest.test.mjs");
  expect(output).toContain("1 passed");
});

it.each(["mjs", "cjs"])("node:test runs .%s", async (end) => {
  expect(await project.node("--test", `node.test.${end}`)).toContain("pass 1");
});
