import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildPackage } from "../../../../harness/commands/shared/build-package.ts";

/** A package whose build only writes a line to a file. */
async function fakePackage(): Promise<AsyncDisposable & { readonly folder: string }> {
  const home = await mkdtemp(join(tmpdir(), "package-"));
  const folder = join(home, "runtime");
  for (const name of ["src/cli", "dist/cjs/cli"])
    await mkdir(join(folder, name), { recursive: true });
  const scripts = { build: "echo built >> built.txt" };
  const files: Readonly<Record<string, string>> = {
    "package.json": JSON.stringify({ name: "fake", private: true, scripts }),
    "tsconfig.json": "{}",
    "../tsconfig.json": "{}",
    "tsconfig.cjs.json": "{}",
    "finish-build.js": "",
    "src/index.ts": "",
    "src/cli/run.ts": "",
    "dist/cjs/index.js": "",
    "dist/cjs/cli/run.js": "",
  };
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text);
    await changedAt(join(folder, name), name.startsWith("dist/") ? 200 : 100);
  }
  return {
    folder,
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }),
  };
}

const changedAt = (path: string, seconds: number): Promise<void> => utimes(path, seconds, seconds);

test("the package is built after a change of its sources, and a failure names the folder", async () => {
  await using made = await fakePackage();
  const { folder } = made;
  await buildPackage(folder);
  await expect(readFile(join(folder, "built.txt"))).rejects.toThrow("ENOENT");
  await changedAt(join(folder, "src/index.ts"), 300);
  await buildPackage(folder);
  expect(await readFile(join(folder, "built.txt"), "utf8")).toBe("built\n");
  await writeFile(join(folder, "package.json"), JSON.stringify({ scripts: { build: "exit 3" } }));
  await expect(buildPackage(folder)).rejects.toThrow(`npm run build failed in ${folder}`);
});
