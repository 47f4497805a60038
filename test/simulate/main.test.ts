import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

/** As `npm run simulate` does, without npm. */
function simulate(clients: number) {
  const played = ["--only", "moves", "--clients", String(clients)];
  return spawn(process.execPath, ["--import", import.meta.resolve("tsx"), MAIN, ...played], {
    stdio: ["ignore", "pipe", "pipe"],
  });
}

it("npm run simulate ends when no one reads its tables, without a stack", async () => {
  const child = simulate(1);
  child.stdout.destroy();
  const [[code], said] = await Promise.all([once(child, "close"), text(child.stderr)]);
  // 130 where it had still something to simulate.
  expect([0, 130]).toContain(code);
  expect(said).toMatch(/^(simulating .*\n)+$/);
});

it.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)("npm run simulate ends in the middle after %s with %i", async (signal, wanted) => {
  const child = simulate(10);
  child.stderr.once("data", () => child.kill(signal));
  const [[code], said] = await Promise.all([once(child, "close"), text(child.stderr)]);
  expect(code).toBe(wanted);
  expect(said).toMatch(new RegExp(`^(simulating .*\n)+interrupted by ${signal}\n$`));
});
