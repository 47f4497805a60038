import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

it("a run without Redis fails in its last line, and prints the command that installs it", async () => {
  const config = "test/support/fixtures/vitest.config.ts";
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  const child = spawn(process.execPath, [vitest, "run", "--config", config], {
    cwd: ROOT,
    env: { ...process.env, PATH: "/nowhere", REDIS_SERVER: "", NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 60_000,
  });
  const [[code], out, err] = await Promise.all([
    once(child, "close"),
    text(child.stdout),
    text(child.stderr),
  ]);
  const lastLine = out.trimEnd().split("\n").at(-1);
  expect({ code, lastLine }).toEqual({ code: 1, lastLine: "0 passed, 1 failed" });
  expect(out + err).toMatch(/A real Redis is needed, .* Run: \S+/);
});
