import { describe, expect, it, vi } from "vitest";
import {
  healthCheckArgv,
  judge,
  NO_VERDICT,
  watchHealth,
  type HealthVerdict,
} from "../../../../harness/ecs/tasks/health-check.ts";

const definition = { retries: 3, startPeriod: 10 };
const after = (results: readonly [ok: boolean, second: number][]): HealthVerdict =>
  results.reduce(
    (verdict, [ok, second]) => judge(verdict, ok, second * 1000, definition),
    NO_VERDICT,
  );

describe("judge", () => {
  it("is UNKNOWN until a check passes", () => {
    expect(NO_VERDICT.status).toBe("UNKNOWN");
    expect(after([[true, 1]]).status).toBe("HEALTHY");
  });

  it("forgives every failure within the start period", () => {
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

  it("needs as many failures in a row as retries says", () => {
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

  it("recovers with one check that passes", () => {
    expect(
      after([
        [false, 11],
        [false, 12],
        [false, 13],
        [true, 14],
      ]),
    ).toMatchObject({ status: "HEALTHY", failures: 0 });
  });
});

describe("healthCheckArgv", () => {
  it("runs CMD as it is and CMD-SHELL by a shell", () => {
    expect(healthCheckArgv(["CMD", "redis-cli", "ping"])).toEqual(["redis-cli", "ping"]);
    expect(healthCheckArgv(["CMD-SHELL", "a | b"])).toEqual(["/bin/sh", "-c", "a | b"]);
    expect(healthCheckArgv(["NONE"])).toBeUndefined();
  });

  it.each([[["redis-cli"]], [["CMD"]], [["CMD-SHELL", "a", "b"]]])("refuses %j", (command) => {
    expect(() => healthCheckArgv(command)).toThrow("must begin with CMD, CMD-SHELL");
  });
});

/** A check that ends only when it is ended. */
const hangs = (signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => signal.addEventListener("abort", () => resolve(false)));

/** A check that fails after twenty seconds. */
const failsLate = (): Promise<boolean> =>
  new Promise((resolve) => setTimeout(() => resolve(false), 20_000));

describe("watchHealth", () => {
  it("checks until it is told to stop, and says nothing after", async () => {
    const stop = new AbortController();
    const seen: string[] = [];
    const results = [true, false, false, true];
    const schedule = { command: [], interval: 0.005, timeout: 1, retries: 2, startPeriod: 0 };
    await watchHealth(
      schedule,
      async () => results.shift() ?? true,
      ({ status }) => {
        seen.push(status);
        if (seen.length === 4) stop.abort();
      },
      stop.signal,
    );
    expect(seen).toEqual(["HEALTHY", "HEALTHY", "UNHEALTHY", "HEALTHY"]);
  });

  it("forgives a check that began within the start period, whenever it ends", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    try {
      const stop = new AbortController();
      const failures: number[] = [];
      const schedule = { command: [], interval: 5, timeout: 60, retries: 9, startPeriod: 10 };
      const watching = watchHealth(
        schedule,
        failsLate,
        (verdict) => {
          failures.push(verdict.failures);
          if (failures.length === 2) stop.abort();
        },
        stop.signal,
      );
      await vi.advanceTimersByTimeAsync(60_000);
      await watching;
      expect(failures).toEqual([0, 1]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("gives a check no longer than its timeout", async () => {
    const stop = new AbortController();
    const verdicts: string[] = [];
    const schedule = { command: [], interval: 0.005, timeout: 0.02, retries: 1, startPeriod: 0 };
    await watchHealth(
      schedule,
      hangs,
      ({ status }) => {
        verdicts.push(status);
        stop.abort();
      },
      stop.signal,
    );
    expect(verdicts).toEqual(["UNHEALTHY"]);
  });
});
