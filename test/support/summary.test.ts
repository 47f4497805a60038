import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

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
