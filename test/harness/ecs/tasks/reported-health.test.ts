import { expect, it, onTestFinished, vi } from "vitest";
import type { HealthStatus } from "../../../../harness/ecs/base/state.ts";
import { ReportedHealth } from "../../../../harness/ecs/tasks/reported-health.ts";

function reporting() {
  vi.useFakeTimers({ toFake: ["setTimeout", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const reports: HealthStatus[] = [];
  const agent = { health: "UNKNOWN" as HealthStatus, isSilent: false };
  const reported: ReportedHealth = new ReportedHealth(
    () => agent.health,
    () => agent.isSilent,
    () => reports.push(reported.status),
  );
  const set = (change: Partial<typeof agent>): void => {
    Object.assign(agent, change);
    reported.update();
  };
  return { reports, reported, set };
}

/** Milliseconds: a sixtieth of 20 s. */
const INTERVAL = 334;

it("ECS knows a changed health at the agent's next report, and no health between two reports", () => {
  const { reports, reported, set } = reporting();
  set({ health: "HEALTHY" });
  expect(reported.status).toBe("UNKNOWN");
  vi.advanceTimersByTime(INTERVAL);
  set({ health: "UNKNOWN" });
  set({ health: "UNHEALTHY" });
  vi.advanceTimersByTime(INTERVAL);
  set({ health: "UNKNOWN" });
  set({ health: "UNHEALTHY" });
  vi.advanceTimersByTime(INTERVAL);
  expect(reports).toEqual(["HEALTHY", "UNHEALTHY"]);
});

it("a silent host reports when it is back", () => {
  const { reports, set } = reporting();
  set({ health: "UNHEALTHY", isSilent: true });
  vi.advanceTimersByTime(10 * INTERVAL);
  expect(reports).toEqual([]);
  set({ isSilent: false });
  vi.advanceTimersByTime(INTERVAL);
  expect(reports).toEqual(["UNHEALTHY"]);
});

it("a health that changes all the time is reported once in an interval", () => {
  const { reports, set } = reporting();
  for (let time = 0; time < 10 * INTERVAL; time += 2) {
    set({ health: time % 4 === 0 ? "HEALTHY" : "UNHEALTHY" });
    vi.advanceTimersByTime(2);
  }
  expect(reports.length).toBeGreaterThan(3);
  expect(reports.length).toBeLessThan(12);
});
