import { expect, test } from "vitest";
import { BEGAN, event, lifeOf, sampleBefore, taskId } from "../report/sample.ts";
import { containerBars } from "../../../../harness/views/timeline/container-bars.ts";
import { taskBars } from "../../../../harness/views/timeline/task-bars.ts";

const END = BEGAN + 10_000;
const seconds = ({ from, to, state }: { from: number; to: number; state: string }): string =>
  `${state} ${(from - BEGAN) / 1_000}-${(to - BEGAN) / 1_000}`;

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
