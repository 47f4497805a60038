import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { descendantsOf, isAlive } from "../../../support/processes.ts";
import { temporaryHome } from "../../../support/temporary-home.ts";
import { until } from "../../../../harness/plays/stage/until.ts";
import { planned } from "../../../../harness/soak/schedule.ts";
import { scheduleLines } from "../../../../harness/views/soak-lines.ts";

const SOAK = fileURLToPath(new URL("../../../../harness/commands/soak/main.ts", import.meta.url));
const NODE_OPTIONS = ["--import", import.meta.resolve("tsx")];

/** Starts the command and collects its output. */
function started(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [...NODE_OPTIONS, SOAK, ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const written = { output: "" };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (written.output += text));
  }
  return { child, written };
}

test("a seed has the same schedule of faults in every process", async () => {
  const { child, written } = started(["--moves", "30", "--seed", "7", "--list"]);
  expect(await once(child, "close")).toEqual([0, null]);
  const lines = scheduleLines(7, planned(7, { moves: 30 }).rounds);
  expect(lines).toContain("The schedule of seed 7, 30 rounds:");
  expect(written.output).toBe(`${lines}\n`);
});

test("Ctrl-C prints a verdict, exits with 130 and leaves no process behind", async () => {
  const home = await temporaryHome("soak-");
  const { child, written } = started(["--moves", "5", "--seed", "1"], { TMPDIR: home });
  try {
    await until("a round is over", () => /^round 1 /m.test(written.output), { timeout: 120_000 });
    const family = descendantsOf(child.pid ?? 0);
    const exited = once(child, "exit", { signal: AbortSignal.timeout(60_000) });
    child.kill("SIGINT");
    expect(await exited, written.output).toEqual([130, null]);
    expect(written.output).toContain("interrupted after 1 of 5 rounds");
    expect(written.output).toMatch(/✓ no acknowledged write is lost; seen: \d+ writes, 0 lost/);
    expect(written.output).toContain("✓ seed 1: no claim failed");
    await until("its processes have ended", () => family.every((member) => !isAlive(member)));
  } finally {
    child.kill("SIGKILL");
    await rm(home, { recursive: true, force: true });
  }
});
