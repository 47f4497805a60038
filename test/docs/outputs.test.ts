import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { pagePaths } from "../support/markdown.ts";

const ROOT = join(import.meta.dirname, "../..");
const GOLDEN = join(ROOT, "test/stacks/golden");

/** `terraform output -raw NAME` and `<output NAME>` in a command. */
const NAMED = /\boutput (?:-raw )?([a-z]+_[a-z_]+)/g;

const outputs = new Set(
  readdirSync(GOLDEN).flatMap((file) => {
    const { output = {} } = JSON.parse(readFileSync(join(GOLDEN, file), "utf8")) as {
      output?: object;
    };
    return Object.keys(output);
  }),
);

it("each output in a page is an output of an environment", () => {
  const named = pagePaths().flatMap((path) =>
    Array.from(readFileSync(join(ROOT, path), "utf8").matchAll(NAMED), ([, name = ""]) => name),
  );
  expect(named).toEqual(expect.arrayContaining(["redis_copy"]));
  expect(named.filter((name) => !outputs.has(name))).toEqual([]);
});
