import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const PROGRAM = fileURLToPath(new URL("fixture/crash.ts", import.meta.url));

/** Milliseconds; it takes half a second on an idle machine. */
const START_TIMEOUT = 40_000;

/** Processes with a text in their command line or environment: all that belongs to a folder. */
function processesOf(folder: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter(
      (pid) => contains(`/proc/${pid}/environ`, folder) || contains(`/proc/${pid}/cmdline`, folder),
    );
}

function contains(file: string, text: string): boolean {
  try {
    return readFileSync(file, "latin1").includes(text);
  } catch {
    return false;
  }
}

/** Starts the program with a folder of its own for everything temporary; waits for a line it says. */
async function started(folder: string, line: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["--import", "tsx", PROGRAM], {
    env: { ...process.env, NODE_OPTIONS: "", TMPDIR: folder, TSX_DISABLE_CACHE: "1" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const signal = AbortSignal.timeout(START_TIMEOUT);
  for await (const said of createInterface({ input: child.stdout, signal })) {
    if (said === line) return child;
  }
  child.kill("SIGKILL");
  throw new Error(`the program did not say "${line}" within ${START_TIMEOUT} ms`);
}

/** Ends the program somehow once it has said a line; what is left of it soon after. */
async function leftAfter(
  line: string,
  end: (child: ChildProcess) => Promise<unknown>,
): Promise<string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), "crash-test-"));
  try {
    const child = await started(folder, line);
    const exited = once(child, "exit");
    await end(child);
    await exited;
    const left = async (): Promise<string[]> => [
      ...processesOf(folder),
      ...(await readdir(folder)),
    ];
    const deadline = AbortSignal.timeout(10_000);
    while ((await left()).length > 0 && !deadline.aborted) await delay(10);
    return await left();
  } finally {
    await rm(folder, { recursive: true });
  }
}

const killAfter = (moment: number) => async (child: ChildProcess) => {
  await delay(moment);
  child.kill("SIGKILL");
};

describe("a harness that ends without closing", () => {
  it.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)(
    "by %s leaves nothing",
    async (signal) => {
      expect(await leftAfter("stable", async (child) => child.kill(signal))).toEqual([]);
    },
    60_000,
  );

  it("leaves nothing whenever it is killed", async () => {
    // Ten moments spread over the time from the first process to a stable environment.
    const moments = Array.from({ length: 10 }, (_, index) => index * 60 + Math.random() * 60);
    for (const first of [0, 2, 4, 6, 8]) {
      const pair = moments.slice(first, first + 2);
      const left = await Promise.all(pair.map((at) => leftAfter("starting", killAfter(at))));
      expect(left.flat(), `killed after ${pair.join(" and ")} ms`).toEqual([]);
    }
  }, 120_000);
});
