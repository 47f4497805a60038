import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { environments } from "../../environments.ts";
import { synthesize } from "../../stacks/synthesize.ts";

// The example of docs/local-ecs.md is run as it stands there: importing it registers its test.

const page = readFileSync(new URL("../../docs/local-ecs.md", import.meta.url), "utf8");
const example = /```ts\n(.*?)```/s.exec(page)?.[1] ?? "";
const file = fileURLToPath(new URL("../example-of-the-page.ts", import.meta.url));

afterAll(() => rmSync(file, { force: true }));

test("the page has an example", () => {
  expect(example).toContain("startLocalEcs(");
});

synthesize(environments, { outdir: "cdktf.out" });
writeFileSync(file, example);
await import(pathToFileURL(file).href);
