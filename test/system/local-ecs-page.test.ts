import { execFile } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { environments } from "../../environments.ts";
import { synthesize } from "../../stacks/synthesize.ts";

// The example of docs/local-ecs.md is run as it stands there: importing it registers its test.

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = readFileSync(join(root, "docs/local-ecs.md"), "utf8");
const example = /```ts\n(.*?)```/s.exec(page)?.[1] ?? "";
/** Where the page says that it is saved, under a name that no user has. */
const [, folder = ""] = /Save it as `(.*\/)mine\.test\.ts`/.exec(page) ?? [];
const file = `${folder}example-of-the-page.test.ts`;

afterAll(() => rmSync(join(root, file), { force: true }));

test("the page has an example", () => {
  expect(example).toContain("startLocalEcs(");
});

test("Vitest finds it where the page says that it is saved", async () => {
  const { stdout } = await promisify(execFile)(
    join(root, "node_modules/.bin/vitest"),
    ["list", "--filesOnly", file],
    { cwd: root, timeout: 60_000 },
  );
  expect(stdout).toContain(file);
});

synthesize(environments, { outdir: join(root, "cdktf.out") });
writeFileSync(join(root, file), example);
await import(pathToFileURL(join(root, file)).href);
