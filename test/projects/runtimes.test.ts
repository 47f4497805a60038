import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { MIXED, PROGRAM, SHARED, USED } from "./support/programs.ts";
import { Project } from "./support/project.ts";

/** Command lines, without the file to run. */
const RUNTIMES: Readonly<Record<string, [program: string, ...args: string[]]>> = {
  "Node.js": [process.execPath],
  "Node.js without require() of ES modules": [process.execPath, "--no-experimental-require-module"],
  Bun: ["node_modules/@oven/bun-linux-x64/bin/bun", "run"],
  Deno: [
    "node_modules/@deno/linux-x64-glibc/deno",
    "run",
    "--allow-all",
    "--node-modules-dir=manual",
  ],
};

let project: Project;

beforeAll(async () => {
  project = await Project.create({ "use.ts": PROGRAM, ...MIXED });
  for (const [format, end] of [
    ["esm", "mjs"],
    ["cjs", "cjs"],
  ]) {
    const args = [`--format=${format}`, `--outfile=use.${end}`];
    await project.run("node_modules/esbuild/bin/esbuild", "use.ts", ...args);
  }
});

afterAll(() => project[Symbol.asyncDispose]());

describe.each(Object.entries(RUNTIMES))("%s", (_name, command) => {
  it("imports every entry", async () => {
    expect(await project.run(...command, "use.mjs")).toBe(USED);
  });

  it("requires every entry", async () => {
    expect(await project.run(...command, "use.cjs")).toBe(USED);
  });

  it("shares caches and classes between import and require", async () => {
    expect(await project.run(...command, "mixed.mjs")).toBe(SHARED);
  });
});
