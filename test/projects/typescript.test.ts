// TypeScript projects with the packed package: each compiles every entry, and runs what it compiled.
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { PROGRAM, REQUIRING_PROGRAM, USED } from "./support/programs.ts";
import { Project } from "./support/project.ts";

const OPTIONS = {
  target: "es2022",
  lib: ["es2022"],
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
};

/** Compilers by their folder in node_modules. */
const OLD_COMPILERS = ["typescript-5.4", "typescript-5.9"];
const COMPILERS = [...OLD_COMPILERS, "typescript"];

let project: Project;

beforeAll(async () => {
  project = await Project.create({
    "import.mts": PROGRAM,
    "import.cts": PROGRAM,
    "require.cts": REQUIRING_PROGRAM,
  });
});

afterAll(() => project[Symbol.asyncDispose]());

/** Compiles files, and runs them. @returns what they print */
async function compileAndRun(
  compiler: string,
  options: object,
  ...files: readonly string[]
): Promise<string[]> {
  const outDir = `${compiler}-${Object.values(options).join("-")}`;
  const compilerOptions = { ...OPTIONS, ...options, outDir };
  project.write({ [`${outDir}.json`]: JSON.stringify({ compilerOptions, files }) });
  await project.node(`node_modules/${compiler}/bin/tsc`, "-p", `${outDir}.json`);
  const programs = files.map((file) => `${outDir}/${file.replace("ts", "js")}`);
  return Promise.all(programs.map((program) => project.node(program)));
}

describe.concurrent("every entry compiles without skipLibCheck, and runs", () => {
  it.each(COMPILERS)("%s, node16: ES module and CommonJS", async (compiler) => {
    const printed = compileAndRun(compiler, { module: "node16" }, "import.mts", "import.cts");
    await expect(printed).resolves.toEqual([USED, USED]);
  });

  it.each(COMPILERS)("%s, nodenext: ES module and CommonJS", async (compiler) => {
    const printed = compileAndRun(compiler, { module: "nodenext" }, "import.mts", "import.cts");
    await expect(printed).resolves.toEqual([USED, USED]);
  });

  it.each(COMPILERS)("%s, bundler: ES module and CommonJS", async (compiler) => {
    const options = { module: "preserve", moduleResolution: "bundler" };
    const printed = compileAndRun(compiler, options, "import.mts", "require.cts");
    await expect(printed).resolves.toEqual([USED, USED]);
  });

  it.each(OLD_COMPILERS)("%s, node: ES module", async (compiler) => {
    const options = { module: "es2022", moduleResolution: "node" };
    await expect(compileAndRun(compiler, options, "import.mts")).resolves.toEqual([USED]);
  });

  it.each(OLD_COMPILERS)("%s, node: CommonJS", async (compiler) => {
    const options = { module: "commonjs", moduleResolution: "node" };
    await expect(compileAndRun(compiler, options, "import.cts")).resolves.toEqual([USED]);
  });

  it("typescript 7, bundler: imports compiled to CommonJS", async () => {
    const printed = compileAndRun("typescript", { module: "commonjs" }, "import.cts");
    await expect(printed).resolves.toEqual([USED]);
  });

  it("typescript 7 has no moduleResolution node", async () => {
    const options = { module: "commonjs", moduleResolution: "node" };
    const printed = compileAndRun("typescript", options, "import.cts");
    await expect(printed).rejects.toThrow("'moduleResolution=node10' has been removed");
  });
});
