import { linkSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { Guardian } from "../../../../harness/ecs/machine/guardian.ts";
import {
  judge,
  NO_VERDICT,
  scheduleOf,
  runHealthCheck,
  watchHealth,
  type HealthSchedule,
  type HealthVerdict,
} from "../../../../harness/ecs/tasks/health-check.ts";

const forgiving = { retries: 3, startPeriod: 10_000 };
const after = (results: readonly [ok: boolean, second: number][]): HealthVerdict =>
  results.reduce(
    (verdict, [ok, second]) => judge(verdict, ok, second * 1000, forgiving),
    NO_VERDICT,
  );

describe("judge", () => {
  it("ignores failures within the start period", () => {
    expect(
      after([
        [false, 1],
        [false, 3],
        [false, 5],
        [false, 9],
      ]),
    ).toMatchObject({ status: "UNKNOWN", failures: 0 });
  });

  it("counts failures in the start period once a check has passed", () => {
    expect(
      after([
        [true, 1],
        [false, 2],
        [false, 3],
        [false, 4],
      ]).status,
    ).toBe("UNHEALTHY");
  });

  it("becomes UNHEALTHY after `retries` consecutive failures", () => {
    expect(
      after([
        [false, 11],
        [false, 12],
      ]).status,
    ).toBe("UNKNOWN");
    expect(
      after([
        [false, 11],
        [false, 12],
        [false, 13],
      ]).status,
    ).toBe("UNHEALTHY");
    expect(
      after([
        [true, 11],
        [false, 12],
        [false, 13],
        [true, 14],
        [false, 15],
      ]).status,
    ).toBe("HEALTHY");
  });
});

describe("a check that fails", () => {
  it.each([
    ["echo nobody listens >&2; exit 7", "exit code 7: nobody listens"],
    ["exit 1", "exit code 1"],
    ["true", undefined],
  ])("%s gives how it ended, with its output", async (script, failure) => {
    const guardian = await Guardian.start();
    try {
      const options = { argv: ["/bin/sh", "-c", script], env: {}, cwd: "/" };
      const file = `${guardian.folder}/health`;
      const { signal } = new AbortController();
      // What an earlier check has left running may hold its file, so each has a new one.
      writeFileSync(file, "of the check before");
      linkSync(file, `${file}-before`);
      expect(await runHealthCheck(guardian, options, file, signal)).toBe(failure);
      expect(readFileSync(`${file}-before`, "utf8")).toBe("of the check before");
    } finally {
      await guardian.close();
    }
  });
});

/** A check that ends only when it is aborted. */
const hangs = (signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => signal.addEventListener("abort", () => resolve(false)));

/** A check that fails after twenty seconds. */
const failsLate = (): Promise<boolean> =>
  new Promise((resolve) => setTimeout(() => resolve(false), 20_000));

const quick = { interval: 5, startInterval: 5, timeout: 1000, retries: 2, startPeriod: 0 };

/** The schedule of Redis, at the speed of AWS. */
const redis = scheduleOf({ interval: 15, timeout: 20, retries: 10, startPeriod: 300 }, 1);

/** Watches checks with fake timers, until a number of verdicts. Returns each with its second. */
async function verdictsOf(
  schedule: HealthSchedule,
  run: () => Promise<boolean>,
  count: number,
): Promise<[second: number, verdict: HealthVerdict][]> {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  try {
    const stop = new AbortController();
    const seen: [number, HealthVerdict][] = [];
    const began = performance.now();
    const note = (verdict: HealthVerdict): void => {
      seen.push([Math.round((performance.now() - began) / 1000), verdict]);
      if (seen.length === count) stop.abort();
    };
    const watching = watchHealth(schedule, run, note, stop.signal);
    await vi.advanceTimersByTimeAsync(3_600_000);
    await watching;
    return seen;
  } finally {
    vi.useRealTimers();
  }
}

describe("watchHealth", () => {
  it("checks until it is aborted, and reports nothing after that", async () => {
    const stop = new AbortController();
    const seen: string[] = [];
    const results = [true, false, false, true];
    await watchHealth(
      quick,
      async () => results.shift() ?? true,
      ({ status }) => {
        seen.push(status);
        if (seen.length === 4) stop.abort();
      },
      stop.signal,
    );
    expect(seen).toEqual(["HEALTHY", "HEALTHY", "UNHEALTHY", "HEALTHY"]);
  });

  it("ignores a failed check that began within the start period, whenever it ends", async () => {
    const schedule = { ...redis, interval: 5000, startPeriod: 10_000 };
    const seen = await verdictsOf(schedule, failsLate, 2);
    expect(seen.map(([, { failures }]) => failures)).toEqual([0, 1]);
  });

  it("ends a check at its timeout", async () => {
    const stop = new AbortController();
    const verdicts: string[] = [];
    await watchHealth(
      { ...quick, timeout: 20, retries: 1 },
      hangs,
      ({ status }) => {
        verdicts.push(status);
        stop.abort();
      },
      stop.signal,
    );
    expect(verdicts).toEqual(["UNHEALTHY"]);
  });

  it("waits for the interval after the end of a check, so that a stall of five minutes is not fatal", async () => {
    const checks = [async () => true, ...Array<() => Promise<boolean>>(10).fill(failsLate)];
    const seen = await verdictsOf(redis, () => (checks.shift() ?? failsLate)(), 11);
    // The first check comes early; from then on each takes 15 s and 20 s.
    expect(seen[0]).toEqual([5, expect.objectContaining({ status: "HEALTHY" })]);
    expect(seen[9]).toEqual([320, expect.objectContaining({ status: "HEALTHY", failures: 9 })]);
    expect(seen[10]).toEqual([355, expect.objectContaining({ status: "UNHEALTHY" })]);
  });

  it("checks every five seconds until the first check passes or the start period ends", async () => {
    const seen = await verdictsOf({ ...redis, startPeriod: 20_000 }, async () => false, 6);
    expect(seen.map(([second]) => second)).toEqual([5, 10, 15, 20, 35, 50]);
    const late = await verdictsOf({ ...redis, startPeriod: 0 }, async () => false, 2);
    expect(late.map(([second]) => second)).toEqual([15, 30]);
  });
});
