import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { summarize, summaryLine } from "./summary.ts";
import type { CountedModule } from "./summary.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const VITEST = join(ROOT, "node_modules/vitest/vitest.mjs");

/** Runs fixtures in a separate Vitest. `lastLine` is the last line of stdout. */
async function runFixtures(
  names: string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ code: number; lastLine: string; output: string }> {
  const config = "test/support/fixtures/vitest.config.ts";
  const child = spawn(process.execPath, [VITEST, "run", "--config", config, ...names], {
    cwd: ROOT,
    env: { ...env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  try {
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (data) => (stdout += data));
    child.stderr.on("data", (data) => (stderr += data));
    const [code] = await once(child, "close", { signal: AbortSignal.timeout(60_000) });
    const lastLine = stdout.trimEnd().split("\n").at(-1) ?? "";
    return { code: Number(code), lastLine, output: stdout + stderr };
  } finally {
    child.kill("SIGKILL");
  }
}

function module(
  states: string[],
  errors: unknown[] = [],
  suiteErrors: unknown[] = [],
): CountedModule {
  return {
    errors: () => errors,
    children: {
      allTests: () => states.map((state) => ({ result: () => ({ state }) })),
      allSuites: () => [{ errors: () => suiteErrors }],
    },
  };
}

describe("summarize", () => {
  it("counts tests by their result", () => {
    const modules = [module(["passed", "failed"]), module(["passed", "skipped"])];
    expect(summarize(modules, [])).toEqual({ passed: 2, failed: 1, skipped: 1 });
  });

  it("counts a file that did not load, a failed hook, an unhandled error and an unfinished test", () => {
    const error = new Error("broken");
    expect(summarize([module([], [error])], []).failed).toBe(1);
    expect(summarize([module(["skipped"], [], [error])], []).failed).toBe(1);
    expect(summarize([module(["passed"])], [error]).failed).toBe(1);
    expect(summarize([module(["pending"])], []).failed).toBe(1);
  });

  it("counts a run without any test as a failure", () => {
    expect(summarize([], []).failed).toBe(1);
    expect(summarize([module(["skipped"])], []).failed).toBe(1);
  });
});

describe("summaryLine", () => {
  it("names skipped tests only when there are any", () => {
    expect(summaryLine({ passed: 3, failed: 0, skipped: 0 })).toBe("3 passed, 0 failed");
    expect(summaryLine({ passed: 3, failed: 1, skipped: 2 })).toBe("3 passed, 1 failed, 2 skipped");
  });
});

describe("the last line of a run", { timeout: 60_000 }, () => {
  it("counts all failures, with exit code 1", async () => {
    const { code, lastLine } = await runFixtures([]);
    expect(code).toBe(1);
    // Failed: a test, a file that does not load, a hook, an unhandled rejection.
    expect(lastLine).toBe("3 passed, 4 failed, 2 skipped");
  });

  it("is a failure if Redis is missing and cannot be installed; the output has the command to run", async () => {
    const env = { ...process.env, PATH: "/nowhere", REDIS_SERVER: "" };
    const { code, lastLine, output } = await runFixtures(["passes"], env);
    expect({ code, lastLine }).toEqual({ code: 1, lastLine: "0 passed, 1 failed" });
    expect(output).toMatch(/A real Redis is needed, .* Run: \S+/);
  });
});
