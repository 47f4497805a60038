// The examples of docs/test-your-app.md, unchanged, in a project with the packed packages: each in many files at once.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

import { codeIn } from "../support/markdown.ts";
import { Project } from "./support/project.ts";

/** Files that a runner has at the same time. */
const FILES = 20;
/** ms. Two cores start all of them. */
const TEST_TIMEOUT = "--testTimeout=120000";

const page = readFileSync(join(import.meta.dirname, "../../docs/test-your-app.md"), "utf8");

/** Examples by the name in their first line. */
const examples = new Map(
  ["ts", "js"]
    .flatMap((language) => codeIn(page, language))
    .map((code) => [/^\/\/ (\S+)\n/.exec(code)?.[1] ?? "", code]),
);

let project: Project;

beforeAll(async () => {
  project = await Project.create({ "jest.config.json": '{ "testEnvironment": "node" }' });
});

afterAll(() => project[Symbol.asyncDispose]());

function exampleOf(name: string): string {
  const example = examples.get(name);
  if (example === undefined) throw new Error(`docs/test-your-app.md has no example ${name}`);
  return example;
}

/** Writes an example as this many files of a folder. @returns their names */
function copies(folder: string, name: string, count = FILES): string[] {
  const names = Array.from({ length: count }, (_, index) => `${folder}/${index}.${name}`);
  project.write(Object.fromEntries(names.map((copy) => [copy, exampleOf(name)])));
  return names;
}

const runVitest = (folder: string): Promise<string> =>
  project.node(
    "node_modules/vitest/vitest.mjs",
    "run",
    "--reporter=json",
    TEST_TIMEOUT,
    `--maxWorkers=${FILES}`,
    folder,
  );

/** What Jest and Vitest write with a JSON reporter, if each file has passed. */
const ALL_PASSED = { success: true, numTotalTests: FILES, numPassedTests: FILES };

it("Vitest runs its example in many files at once", async () => {
  copies("vitest", "vitest.test.ts");
  const output = await runVitest("vitest/");
  expect(JSON.parse(output)).toMatchObject(ALL_PASSED);
});

it("Jest runs its example in many files at once", async () => {
  const names = copies("jest", "jest.test.js");
  const jest = "node_modules/jest/bin/jest.js";
  const output = await project.node(
    jest,
    TEST_TIMEOUT,
    `--maxWorkers=${FILES}`,
    "--json",
    "--runTestsByPath",
    ...names,
  );
  expect(JSON.parse(output)).toMatchObject(ALL_PASSED);
});

it.each([
  ["node.test.mjs", FILES],
  ["forward.test.mjs", 2],
])("node:test runs %s in %i files at once", async (name, count) => {
  const names = copies("node", name, count);
  const output = await project.node("--test", `--test-concurrency=${count}`, ...names);
  expect(output).toContain(`pass ${count}\n`);
  expect(output).toContain("fail 0\n");
});

const NODENEXT = "--module nodenext";
const NODE = "--module commonjs --moduleResolution node";
const TESTING = ["types/esm.mts", "types/cjs.cts"];
const MAIN = ["types/main.mts"];
const OLD = ["typescript-5.4", "typescript-5.9"];

it.each([
  [NODENEXT, [...OLD, "typescript"], [...TESTING, ...MAIN]],
  // TypeScript 7 has no moduleResolution node.
  [NODE, OLD, TESTING],
  // The types of zod, which the main entry has, need esModuleInterop.
  [`${NODE} --esModuleInterop`, OLD, MAIN],
])("the compiler finds entries of local-ecs with %s", async (how, compilers, files) => {
  const use = `
    import { type MovingRedis, type MovingRedisOptions, movingRedis } from "local-ecs/testing";
    const options: MovingRedisOptions = { password: "secret" };
    export const started: Promise<MovingRedis> = movingRedis(options);
    export const ca = async (): Promise<string | undefined> => (await started).clientOptions.tls?.ca;
  `;
  const main = `
    import { type LocalEcs, startLocalEcs } from "local-ecs";
    export const start: (options: Parameters<typeof startLocalEcs>[0]) => Promise<LocalEcs> = startLocalEcs;
  `;
  project.write({ "types/esm.mts": use, "types/cjs.cts": use, "types/main.mts": main });
  const flags = ["--noEmit", "--strict", "--target", "es2022", "--lib", "es2023,esnext.disposable"];
  for (const compiler of compilers) {
    const tsc = `node_modules/${compiler}/bin/tsc`;
    const run = project.node(tsc, ...flags, ...how.split(" "), "--types", "node", ...files);
    await expect(run, compiler).resolves.toBe("");
  }
});
