import { expect, test } from "vitest";
import type { EcsEvent } from "../../../../harness/ecs/index.ts";
import type { RequestOutcome } from "../../../../harness/plays/stage/load.ts";
import { Counter } from "../../../../harness/views/playground/counter.ts";

const MINUTE = 60_000;

const ROLES = {
  containers: { app: "app", redis: "redis" },
  setup: { services: { app: "dev-app", redis: "dev-app" } },
};

test("old requests are counted once and deleted", () => {
  const requests: RequestOutcome[] = [];
  const end = (endedAt: number, status: number): void =>
    void requests.push({ guest: undefined, sentAt: 0, endedAt, status });
  const forget = (time: number): number => {
    const old = requests.filter(({ endedAt }) => endedAt < time).length;
    return requests.splice(0, old).length;
  };
  const counter = new Counter({ ...ROLES, requests, forget });
  end(0, 200);
  end(1 * MINUTE, 503);
  expect(counter.totals).toMatchObject({ served: 1, failed: 1 });
  end(10 * MINUTE, 201);
  counter.forgetRequests(10.5 * MINUTE);
  expect(requests).toHaveLength(2);
  end(11 * MINUTE, 0);
  expect(counter.totals).toMatchObject({ served: 2, failed: 2 });
  counter.forgetRequests(60 * MINUTE);
  expect(requests).toEqual([]);
  expect(counter.totals).toMatchObject({ served: 2, failed: 2 });
});

test("starts are those of the Redis and app containers since users arrived", () => {
  const counter = new Counter({ ...ROLES, requests: [], forget: () => 0 });
  const start = (container: string, status: "RUNNING" | "STOPPED" = "RUNNING"): void => {
    const task = { service: "dev-app", taskId: "a", isOnly: false, pid: 1, exitCode: undefined };
    const event: EcsEvent = { type: "container", at: 0, ...task, container, status };
    counter.hear(event);
  };
  start("redis");
  counter.forgetStarts();
  start("redis");
  start("app");
  start("app");
  start("app", "STOPPED");
  start("sidecar");
  expect(counter.totals).toEqual({ served: 0, failed: 0, redisStarts: 1, appStarts: 2 });
});
