import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  schedule,
  type ScheduledTask,
  type ServiceScale,
} from "../../../../harness/ecs/services/scheduler.ts";

let created = 0;
const task = (properties: Partial<ScheduledTask> = {}): ScheduledTask => {
  created += 1;
  const defaults = {
    host: `h${created}`,
    current: true,
    leaving: false,
    stopping: false,
    health: "good",
  } as const;
  return { id: `t${created}`, createdAt: created, ...defaults, ...properties };
};
const old = (properties: Partial<ScheduledTask> = {}): ScheduledTask =>
  task({ current: false, ...properties });

const one: ServiceScale = { desiredCount: 1, minimumHealthyPercent: 0, maximumPercent: 100 };
const two: ServiceScale = { desiredCount: 2, minimumHealthyPercent: 100, maximumPercent: 200 };

const ids = (decision: ReturnType<typeof schedule>): string[] => decision.stop.map(({ id }) => id);

describe("schedule with a minimum of 0 and a maximum of 100", () => {
  it("stops the old task, then starts the new one", () => {
    const before = old();
    expect(ids(schedule(one, [before]))).toEqual([before.id]);
    expect(schedule(one, [before]).start).toBe(0);
    expect(schedule(one, [{ ...before, stopping: true }])).toEqual({ start: 0, stop: [] });
    expect(schedule(one, []).start).toBe(1);
  });

  it("stops an unhealthy task before its replacement starts", () => {
    const bad = task({ health: "bad" });
    expect(schedule(one, [bad])).toEqual({
      start: 0,
      stop: [{ id: bad.id, why: "unhealthy" }],
    });
  });

  it("moves the task from a draining host", () => {
    const leaving = task({ leaving: true });
    const { start, stop } = schedule(one, [leaving]);
    expect(start).toBe(0);
    expect(stop).toEqual([{ id: leaving.id, why: "drained" }]);
  });
});

describe("schedule with protected tasks", () => {
  it("scales in others, as many as there are", () => {
    const [first, second, third] = [task({ isProtected: true }), task(), task()];
    expect(ids(schedule(two, [first, second, third]))).toEqual([third.id]);
    expect(ids(schedule(one, [first, second, third])).toSorted()).toEqual([second.id, third.id]);
    const all = [first, second, third].map((each) => ({ ...each, isProtected: true }));
    expect(schedule(one, all)).toEqual({ start: 0, stop: [] });
  });

  it("counts them when it scales in from the host with the most tasks", () => {
    const busy = [task({ host: "a", isProtected: true }), task({ host: "a" })];
    const other = task({ host: "b" });
    expect(ids(schedule(two, [...busy, other]))).toEqual([busy[1]?.id]);
  });

  it("does not stop an outdated one, and starts new ones as far as the maximum allows", () => {
    const protectedOne = old({ isProtected: true });
    expect(schedule(one, [protectedOne])).toEqual({ start: 0, stop: [] });
    expect(schedule(two, [protectedOne])).toEqual({ start: 2, stop: [] });
    expect(ids(schedule(two, [protectedOne, task(), task()]))).toEqual([]);
  });

  it("stops one that is unhealthy, or whose host drains", () => {
    const bad = old({ isProtected: true, health: "bad" });
    const leaving = task({ isProtected: true, leaving: true });
    expect(ids(schedule(one, [bad]))).toEqual([bad.id]);
    expect(ids(schedule(one, [leaving]))).toEqual([leaving.id]);
  });
});

describe("schedule with a minimum of 100 and a maximum of 200", () => {
  it("stops one old task for each healthy new one, the oldest first", () => {
    const [first, second] = [old(), old()];
    const starting = task({ health: "new" });
    expect(ids(schedule(two, [first, second, starting, task()]))).toEqual([first.id]);
    expect(ids(schedule(two, [first, second, task(), task()]))).toEqual([first.id, second.id]);
  });

  it("starts a replacement before it stops an unhealthy task", () => {
    const bad = task({ health: "bad" });
    expect(schedule(two, [bad, task()])).toEqual({ start: 1, stop: [] });
    expect(schedule(two, [bad, task(), task({ health: "new" })])).toEqual({ start: 0, stop: [] });
    expect(ids(schedule(two, [bad, task(), task()]))).toEqual([bad.id]);
  });

  it("stops unhealthy tasks without a replacement if the maximum is reached", () => {
    const bad = [1, 2, 3, 4].map(() => task({ health: "bad" }));
    expect(ids(schedule(two, bad))).toEqual([bad[0]?.id, bad[1]?.id]);
  });

  it("scales in from the host with the most tasks", () => {
    const hosts = ["a", "b", "b", "b", "a", "c"];
    const tasks = hosts.map((host) => task({ host }));
    const stopped = (desiredCount: number) => {
      const left = schedule({ ...two, desiredCount }, tasks).stop.map(({ id }) => id);
      return tasks.map(({ id }, index) => (left.includes(id) ? `${hosts[index]}${index}` : ""));
    };
    expect(stopped(5)).toEqual(["", "", "", "b3", "", ""]);
    expect(stopped(3)).toEqual(["", "", "b2", "b3", "a4", ""]);
  });

  it("scales in: first tasks that are not healthy yet, then the newest", () => {
    const [elder, younger, starting] = [task(), task(), task({ health: "new" })];
    const scale = { ...two, desiredCount: 1 };
    expect(ids(schedule(scale, [elder, younger, starting]))).toEqual([starting.id, younger.id]);
  });
});

describe("schedule in any state", () => {
  const scales = fc
    .record({
      desiredCount: fc.integer({ min: 0, max: 6 }),
      minimumHealthyPercent: fc.constantFrom(0, 50, 100),
      maximumPercent: fc.constantFrom(100, 150, 200),
    })
    .filter(({ desiredCount: desired, minimumHealthyPercent: min, maximumPercent: max }) =>
      desired === 0 ? true : Math.floor((desired * max) / 100) > Math.ceil((desired * min) / 100),
    );
  const tasks = fc.array(
    fc
      .record({
        current: fc.boolean(),
        leaving: fc.boolean(),
        stopping: fc.boolean(),
        isProtected: fc.boolean(),
        health: fc.constantFrom("new" as const, "good" as const, "bad" as const),
      })
      .map((properties) => task(properties)),
    { maxLength: 14 },
  );

  it("never starts more than the maximum, nor stops healthy tasks below the minimum", () => {
    fc.assert(
      fc.property(scales, tasks, (scale, present) => {
        const { start, stop } = schedule(scale, present);
        const most = Math.floor((scale.desiredCount * scale.maximumPercent) / 100);
        const fewest = Math.ceil((scale.desiredCount * scale.minimumHealthyPercent) / 100);
        const stopped = new Set(stop.map(({ id }) => id));
        const serving = present.filter(({ stopping, health }) => !stopping && health === "good");
        const left = serving.filter(({ id }) => !stopped.has(id));
        // The state may already be beyond a limit. A decision never goes further.
        expect(present.length + start).toBeLessThanOrEqual(Math.max(most, present.length));
        expect(left.length).toBeGreaterThanOrEqual(Math.min(fewest, serving.length));
        expect(stopped.size).toBe(stop.length);
        const wrong = present.filter(
          ({ id, isProtected, leaving, health }) =>
            stopped.has(id) && isProtected === true && !leaving && health !== "bad",
        );
        expect(wrong).toEqual([]);
      }),
    );
  });

  it("ends with exactly the desired tasks if every start succeeds and protection ends", () => {
    fc.assert(
      fc.property(scales, tasks, (scale, present) => {
        let state = present;
        for (let round = 0; round < 60; round += 1) {
          const { start, stop } = schedule(scale, state);
          const moving = state.some(({ stopping, health }) => stopping || health === "new");
          if (start === 0 && stop.length === 0 && !moving) {
            if (!state.some(({ isProtected }) => isProtected)) break;
            state = state.map((each) => ({ ...each, isProtected: false }));
            continue;
          }
          const stopped = new Set(stop.map(({ id }) => id));
          state = [
            ...state
              .filter(({ stopping }) => !stopping)
              .map((each) => ({ ...each, stopping: stopped.has(each.id) }))
              .map((each) => (each.health === "new" ? { ...each, health: "good" as const } : each)),
            ...Array.from({ length: start }, () => task({ health: "new" })),
          ];
        }
        expect(state.every(({ current, leaving }) => current && !leaving)).toBe(true);
        expect(state.map(({ health }) => health)).toEqual(
          Array.from({ length: scale.desiredCount }, () => "good"),
        );
      }),
    );
  });
});
