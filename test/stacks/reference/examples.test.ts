// The examples of the docstrings of the stacks. The compiler checks them as it checks everything here.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { examples } from "./examples.ts";

const source = readFileSync(join(import.meta.dirname, "examples.ts"), "utf8");
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "examples-"));
  // Where some of them write.
  vi.stubEnv("TMPDIR", folder);
});

afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** What the comments of an example say that it prints. */
function promisedBy(name: string): string[] {
  const [, code = ""] = source.split(new RegExp(`^  ${name}: async`, "m"));
  const [own = ""] = code.split(/^  \},$/m);
  return Array.from(own.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm), ([, text = ""]) => text);
}

it.each(Object.entries(examples))("the example of %s prints what it says", async (name, run) => {
  const promised = promisedBy(name);
  expect(promised).not.toEqual([]);
  const log = vi.spyOn(console, "log").mockReturnValue();
  await run();
  const printed = log.mock.calls.map(([value]) =>
    typeof value === "string" ? value : inspect(value),
  );
  expect(printed).toEqual(promised);
});
