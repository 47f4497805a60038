import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { CHECKS, LEFT_TO_CI } from "../../../harness/release/checks.ts";
import { runCheck } from "../../../harness/release/run-check.ts";

const ROOT = join(import.meta.dirname, "../../..");

const has = (list: readonly string[], command: string): boolean =>
  list.some((each) => command === each || command.startsWith(`${each} `));

describe("the checks of a release", () => {
  const commands = CHECKS.map(({ command }) => command);
  const left = Object.keys(LEFT_TO_CI);
  const ci = readFileSync(join(ROOT, ".github/workflows/ci.yml"), "utf8");
  const inCi = ci
    .split("\n")
    .filter((line) => /^ *(- run: |[^#-]*$)/.test(line))
    .flatMap((line) => line.match(/\bnpm (?!$)[^&|"$]*[^&|"$\s]/g) ?? []);

  it("are those of CI, or left to it with a reason", () => {
    expect(inCi.length).toBeGreaterThan(10);
    const others = inCi.map((command) => command.replace(/ --$/, ""));
    expect(others.filter((each) => !has([...commands, ...left], each))).toEqual([]);
  });

  it("and those that are left are in CI", () => {
    expect([...commands, ...left].filter((each) => !inCi.some((one) => has([each], one)))).toEqual(
      [],
    );
  });
});

describe("a check", () => {
  const root = mkdtempSync(join(tmpdir(), "checks-"));
  afterAll(() => rmSync(root, { recursive: true }));
  const { signal } = new AbortController();
  writeFileSync(join(root, "fails.sh"), "seq 30\necho wrong >&2\nexit 3\n");

  it("passes when its command ends with 0", async () => {
    const result = await runCheck({ command: "true" }, root, signal);
    expect(result).toEqual({ command: "true", outcome: "passed", details: [] });
  });

  it("fails otherwise, with the last lines of what it printed", async () => {
    const result = await runCheck({ command: "sh fails.sh" }, root, signal);
    expect(result.outcome).toBe("failed");
    expect(result.details).toHaveLength(20);
    expect(result.details).toEqual(expect.arrayContaining(["30", "wrong"]));
  });

  it("is left to CI where the machine has not its program", async () => {
    const check = { command: "true", program: "no-such-program" };
    expect(await runCheck(check, root, signal)).toEqual({
      command: "true",
      outcome: "not run",
      details: ["no-such-program is not on PATH; CI runs it"],
    });
    expect((await runCheck({ ...check, program: "sh" }, root, signal)).outcome).toBe("passed");
  });
});
