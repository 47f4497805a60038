// TypeScript projects with the packed package: each compiles every entry, and runs what it compiled.
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { PROGRAM, REQUIRING_PROGRAM, USED } from "./support/programs.ts";
import { Project, TIMEOUT } from "./support/project.ts";

const OPTIONS = {
  target: "es2022",
  lib: ["es2022"],
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
};

type Row = readonly [moduleResolution: string, module: string, file: string];

const ROWS: readonly Row[] = [
  ["node16", "node16", "import.mts"],
  ["node16", "node16", "import.cts"],
  ["nodenext", "nodenext", "import.mts"],
  ["nodenext", "nodenext", "import.cts"],
  ["bundler", "preserve", "import.mts"],
  ["bundler", "preserve", "require.cts"],
];
const ONLY_OLD: readonly Row[] = [
  ["node", "es2022", "import.mts"],
  ["node", "commonjs", "import.cts"],
];
const ONLY_NEW: readonly Row[] = [["bundler", "commonjs", "import.cts"]];

const COMPILERS: readonly [name: string, rows: readonly Row[]][] = [
  ["typescript-5.4", [...ROWS, ...ONLY_OLD]],
  ["typescript-5.9", [...ROWS, ...ONLY_OLD]],
  ["typescript", [...ROWS, ...ONLY_NEW]],
];

let project: Project;

beforeAll(async () => {
  project = await Project.create({
    "import.mts": PROGRAM,
    "import.cts": PROGRAM,
    "require.cts": REQUIRING_PROGRAM,
  });
});

afterAll(() => project[Symbol.asyncDispose]());

/** Compiles the files of rows. Rows with the same options are one program. */
async function compile(compiler: string, rows: readonly Row[]): Promise<void> {
  const configs = new Set<string>();
  for (const [moduleResolution, module] of rows) {
    const own = rows.filter((row) => row[0] === moduleResolution && row[1] === module);
    const files = own.map(([, , file]) => `../${file}`);
    const outDir = `${moduleResolution}-${module}`;
    const compilerOptions = { ...OPTIONS, moduleResolution, module, rootDir: "..", outDir };
    const config = `${compiler}/${outDir}.json`;
    project.write({ [config]: JSON.stringify({ compilerOptions, files }) });
    configs.add(config);
  }
  // One process for all programs is twice as fast.
  await project.node(`node_modules/${compiler}/bin/tsc`, "--build", ...configs);
}

describe.concurrent.each(COMPILERS)("%s", (compiler, rows) => {
  beforeAll(() => compile(compiler, rows), TIMEOUT);

  it.each(rows)("moduleResolution %s, module %s, %s", async (moduleResolution, module, file) => {
    const program = `${compiler}/${moduleResolution}-${module}/${file.replace("ts", "js")}`;
    await expect(project.node(program)).resolves.toBe(USED);
  });
});
