import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findMemoryController } from "../../../harness/ecs/machine/memory-controller.ts";
import { randomOf } from "../../../harness/plays/stage/random.ts";
import { whyNoNetworks } from "../../../harness/ecs/index.ts";
import { bundle } from "./fixture/bundle.ts";

const SOURCE = fileURLToPath(new URL("fixture/crash.ts", import.meta.url));

/** Number of kills; `CRASHES=1000 npx vitest run test/harness/ecs/crash.test.ts` for a long run. */
const CRASHES = Number(process.env["CRASHES"] ?? 12);
/** Number of programs at the same time. */
const AT_ONCE = 4;
/** Milliseconds from the first output to a stable environment, with a margin. */
const SPAN = 450;
/** `CRASH_SEED=N` repeats the moments of a run. */
const SEED = Number(process.env["CRASH_SEED"] ?? Date.now() % 1_000_000);

/** Milliseconds. On an idle machine it takes a tenth of a second. */
const START_TIMEOUT = 40_000;

/** Why containers have no networks here; undefined if they have. */
const why = await whyNoNetworks();

/** Processes with a folder in their command line or environment. */
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

/** Rules of the packet filter with the name of a run. */
function rulesOf(runs: readonly string[]): string[] {
  if (why !== undefined) return [];
  const rules = execFileSync("/bin/sh", ["-c", "iptables-save"], { encoding: "utf8" }).split("\n");
  return rules.filter((rule) => runs.some((run) => rule.includes(run)));
}

/** The memory cgroups of the runs with these folders. */
function cgroupsOf(runs: Iterable<string>): string[] {
  try {
    const { folder } = findMemoryController();
    return [...runs].map((run) => path.join(folder, run)).filter((each) => existsSync(each));
  } catch {
    // This machine has none.
    return [];
  }
}

/** Starts the program with its own folder for temporary files, and waits for a line of its output. */
async function started(program: string, folder: string, line: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, NODE_OPTIONS: "", TMPDIR: folder },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const signal = AbortSignal.timeout(START_TIMEOUT);
  for await (const said of createInterface({ input: child.stdout, signal })) {
    if (said === line) return child;
  }
  child.kill("SIGKILL");
  throw new Error(`the program did not print "${line}" within ${START_TIMEOUT} ms`);
}

/** Ends the program after a line of its output. Returns the processes, files and cgroups that remain. */
async function leftAfter(
  program: string,
  line: string,
  end: (child: ChildProcess) => Promise<unknown>,
): Promise<string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), "crash-test-"));
  try {
    const child = await started(program, folder, line);
    const exited = once(child, "exit");
    const runs = new Set<string>();
    const files = async (): Promise<string[]> => {
      const found = await readdir(folder);
      for (const each of found) runs.add(each);
      return found;
    };
    await files();
    await end(child);
    await exited;
    const left = async (): Promise<string[]> => [
      ...processesOf(folder),
      ...(await files()),
      ...rulesOf([...runs].map((name) => name.replace("local-ecs-", "ecs-"))),
      ...cgroupsOf(runs),
    ];
    const deadline = AbortSignal.timeout(10_000);
    while ((await left()).length > 0 && !deadline.aborted) await delay(25);
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
  let bundled: Awaited<ReturnType<typeof bundle>>;
  beforeAll(async () => {
    bundled = await bundle(SOURCE);
  });
  afterAll(() => bundled[Symbol.asyncDispose]());

  it.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)(
    "by %s leaves nothing behind",
    async (signal) => {
      const end = async (child: ChildProcess): Promise<boolean> => child.kill(signal);
      expect(await leftAfter(bundled.program, "stable", end)).toEqual([]);
    },
    60_000,
  );

  it(
    `leaves nothing behind when it is killed at any moment, ${CRASHES} times`,
    async () => {
      const random = randomOf(SEED, "crash");
      // Random moments, spread over the time from the first process to a stable environment.
      const moments = Array.from(
        { length: CRASHES },
        (_, at) => ((at + random()) / CRASHES) * SPAN,
      );
      const next = moments.entries();
      const crash = async (): Promise<void> => {
        for (const [turn, moment] of next) {
          const left = await leftAfter(bundled.program, "starting", killAfter(moment));
          expect(left, `kill ${turn} after ${moment} ms, CRASH_SEED=${SEED}`).toEqual([]);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, crash));
    },
    240_000 + CRASHES * 2000,
  );
});
