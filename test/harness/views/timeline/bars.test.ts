import { expect, test } from "vitest";
import { BEGAN, event, lifeOf, sampleBefore, sampleRecording, taskId } from "../report/sample.ts";
import { containerBars } from "../../../../harness/views/timeline/container-bars.ts";
import { nameBars } from "../../../../harness/views/timeline/record-bars.ts";
import { taskBars } from "../../../../harness/views/timeline/task-bars.ts";

const END = BEGAN + 10_000;
const seconds = ({ from, to, state }: { from: number; to: number; state: string }): string =>
  `${state} ${(from - BEGAN) / 1_000}-${(to - BEGAN) / 1_000}`;

test("a task's phases come from its status, health check and exit", () => {
  const bars = taskBars(sampleRecording().events, END);
  expect(bars.map(({ id, host }) => [id, host])).toEqual([
    [taskId("a"), "host-1"],
    [taskId("b"), "host-1"],
  ]);
  expect(bars[0]?.phases.map(seconds)).toEqual([
    "starting 0-0.5",
    "running 0.5-2",
    "healthy 2-4",
    "stopping 4-4.5",
  ]);
  expect(bars[0]).toMatchObject({
    reason: "Essential container in task exited",
    exits: ["main 137"],
  });
  expect(bars[1]?.phases.at(-1)).toMatchObject({ state: "healthy", to: END });
});

test("the load balancer's health counts, and the worst health wins", () => {
  const target = {
    type: "target",
    service: "dev-app",
    taskId: taskId("c"),
    targetGroup: "dev-app",
    reason: undefined,
  } as const;
  const started = lifeOf(
    { id: taskId("c"), service: "dev-app", host: "host-2" },
    { starts: 0, healthy: 3, stops: 9 },
  );
  const [bar] = taskBars(
    [
      ...started.slice(0, 2),
      event(1, { ...target, state: "healthy" }),
      event(2, { ...target, state: "unhealthy" }),
      ...started.slice(2, 3),
    ],
    BEGAN + 4_000,
  );
  expect(bar?.phases.map(seconds)).toEqual([
    "starting 0-0.5",
    "running 0.5-1",
    "healthy 1-2",
    "unhealthy 2-4",
  ]);
});

test("records are new, healthy and removed, with a gap between two", () => {
  const [bars, ...others] = nameBars(sampleRecording().events, END);
  expect(others).toEqual([]);
  expect(bars?.instances.map(({ endpoint, states }) => [endpoint, states.map(seconds)])).toEqual([
    ["127.9.9.1:32768", ["new 0.5-2", "healthy 2-4"]],
    ["127.9.9.1:32769", ["new 5.5-10"]],
  ]);
  expect(bars?.gaps.map(seconds)).toEqual(["none 4-5.5"]);
});

test("containers of one task have bars of their own, with starts counted over all tasks", () => {
  const bars = containerBars(sampleBefore().events, END);
  const lives = bars.map(({ container, start, taskId: id, host, from, to, exitCode }) => [
    `${container} ${start}`,
    id.slice(0, 1),
    host,
    (from - BEGAN) / 1_000,
    (to - BEGAN) / 1_000,
    exitCode,
  ]);
  expect(lives).toEqual([
    ["redis 1", "c", "host-1", 0.5, 4, 137],
    ["redis 2", "d", "host-1", 5.5, 7, 0],
    ["redis 3", "e", "host-1", 8.5, 10, undefined],
    ["app 1", "c", "host-1", 0.5, 4, 0],
    ["app 2", "d", "host-1", 5.5, 6.5, 1],
    ["app 3", "e", "host-1", 8.5, 10, undefined],
  ]);
});

test("containers of a lost host end with their task", () => {
  const task = {
    type: "task",
    service: "before-app",
    taskId: taskId("e"),
    host: "host-1",
  } as const;
  const lost = event(9.5, {
    ...task,
    deploymentId: "d1",
    from: "RUNNING",
    to: "STOPPED",
    reason: "Host EC2 (instance host-1) terminated.",
  });
  const bars = containerBars([...sampleBefore().events, lost], END);
  const last = bars.filter(({ start }) => start === 3);
  expect(last.map(({ container, to, exitCode }) => [container, to - BEGAN, exitCode])).toEqual([
    ["redis", 9_500, undefined],
    ["app", 9_500, undefined],
  ]);
});
