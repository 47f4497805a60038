import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { expect, it, onTestFinished } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

it("code that another user has put into the temporary folder does not run", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tsx-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const program = join(folder, "program.ts");
  writeFileSync(program, 'const word: string = "mine";\nconsole.log(word);\n');
  const run = async (loader: string): Promise<string> => {
    const { TSX_DISABLE_CACHE: _, ...env } = process.env;
    const options = { cwd: ROOT, env: { ...env, TMPDIR: folder } };
    const { stdout } = await promisify(execFile)("node", ["--import", loader, program], options);
    return stdout.trim();
  };
  // The cache of tsx itself shows where the code has to be.
  expect(await run("tsx")).toBe("mine");
  const [cache = ""] = readdirSync(folder).filter((name) => name.startsWith("tsx-"));
  for (const name of readdirSync(join(folder, cache))) {
    const file = join(folder, cache, name);
    writeFileSync(file, readFileSync(file, "utf8").replaceAll("mine", "theirs"));
  }
  expect(await run("tsx")).toBe("theirs");
  expect(await run("./command-line/tsx.js")).toBe("mine");
});

it("every command of the repository runs without that cache", () => {
  const scripts = ["package.json", "studies/package.json", "tools/package.json"].flatMap((file) => {
    const parsed = JSON.parse(readFileSync(join(ROOT, file), "utf8"));
    return Object.values<string>(parsed.scripts);
  });
  const { app } = JSON.parse(readFileSync(join(ROOT, "cdktf.json"), "utf8"));
  const loaders = [...scripts, app].flatMap((each) => each.match(/(?<=--import )\S+/g) ?? []);
  expect(new Set(loaders)).toEqual(new Set(["./command-line/tsx.js"]));
});
