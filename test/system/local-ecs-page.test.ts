import { execFile } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { environments } from "../../environments.ts";
import { synthesize } from "../../stacks/synthesize.ts";

// Runs the example of docs/local-ecs.md unchanged. Its import registers its test.

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = readFileSync(join(root, "docs/local-ecs.md"), "utf8");
const example = /```ts\n(.*?)```/s.exec(page)?.[1] ?? "";
/** The folder from the page, with a file name that no user has. */
const [, folder = ""] = /Save it as `(.*\/)mine\.test\.ts`/.exec(page) ?? [];
const file = `${folder}example-of-the-page.test.ts`;

/** Runs a function while the example is saved, then removes it. */
async function whileSaved<T>(act: (path: string) => Promise<T>): Promise<T> {
  const path = join(root, file);
  writeFileSync(path, example);
  try {
    return await act(path);
  } finally {
    rmSync(path);
  }
}

test("the page has an example", () => {
  expect(example).toContain("startLocalEcs(");
});

test("Vitest finds the example in the page's folder", async () => {
  const vitest = join(root, "node_modules/.bin/vitest");
  const list = ["list", "--filesOnly", file];
  const { stdout } = await whileSaved(() =>
    promisify(execFile)(vitest, list, { cwd: root, timeout: 60_000 }),
  );
  expect(stdout).toContain(file);
});

synthesize(environments, { outdir: join(root, "cdktf.out") });
await whileSaved((path) => import(pathToFileURL(path).href));
