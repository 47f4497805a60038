import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomOf } from "../../../harness/plays/stage/random.ts";
import { bundle } from "./fixture/bundle.ts";
import { killAfter, leftAfter } from "./fixture/left-after.ts";

const SOURCE = fileURLToPath(new URL("fixture/crash.ts", import.meta.url));

/** Number of kills; `CRASHES=1000 npx vitest run test/harness/ecs/crash.test.ts` for a long run. */
const CRASHES = Number(process.env["CRASHES"] ?? 12);
/** Number of programs at the same time. */
const AT_ONCE = 4;
/** Milliseconds from the first output to a stable environment, with a margin. */
const SPAN = 450;
/** `CRASH_SEED=N` repeats the moments of a run. */
const SEED = Number(process.env["CRASH_SEED"] ?? Date.now() % 1_000_000);

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
