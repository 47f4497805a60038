// Runs the examples in the docstrings of the stacks. The compiler also checks them.
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
  // Some examples write there.
  vi.stubEnv("TMPDIR", folder);
});

afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** The expected output in the comments of an example. */
function expectedOutput(name: string): string[] {
  const [, code = ""] = source.split(new RegExp(`^  ${name}: async`, "m"));
  const [own = ""] = code.split(/^  \},$/m);
  return Array.from(own.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm), ([, text = ""]) => text);
}

it.each(Object.entries(examples))(
  "the example of %s prints its documented output",
  async (name, run) => {
    const expected = expectedOutput(name);
    expect(expected).not.toEqual([]);
    const log = vi.spyOn(console, "log").mockReturnValue();
    await run();
    const printed = log.mock.calls.map(([value]) =>
      typeof value === "string" ? value : inspect(value),
    );
    expect(printed).toEqual(expected);
  },
);
