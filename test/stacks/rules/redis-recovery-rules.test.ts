import { describe } from "vitest";
import { redisRecoveryRules } from "../../../stacks/rules/redis-recovery-rules.ts";
import { type Break, type Draft, testBreaks, testKept } from "../support/broken.ts";

const service = "aws_ecs_service.redis_service";
const container = "aws_ecs_task_definition.redis_task_definition.container_definitions.0";

type Json = Record<string, unknown>;

/** Changes a block of Redis' container. */
const inContainer =
  (block: string, changes: Json): Break[2] =>
  (draft) =>
    draft.container("redis", (redis) => Object.assign(redis[block] as object, changes));

/** Sets the times of Redis. With `fiveMinutes`, a stop and a failing task take 720 s. */
function setTimes(draft: Draft, healthCheck: Json, timeouts: Json): void {
  draft.container("redis", (redis) => {
    Object.assign(redis["healthCheck"] as object, { startPeriod: 300, ...healthCheck });
    redis["stopTimeout"] = 120;
  });
  draft.resource(service)["timeouts"] = timeouts;
}

const fiveMinutes = { interval: 50, timeout: 10, retries: 5 };

describe("the rules of stalls, crashes and releases", () => {
  testBreaks(redisRecoveryRules, [
    // Too short: only 90 s for a stall.
    [
      "stalls-tolerated",
      `${container}.healthCheck`,
      inContainer("healthCheck", { interval: 10, timeout: 5, retries: 6 }),
      {},
      "90 s for a stall, 60 s for a closed port",
    ],
    [
      "redis-restarts-in-place",
      `${container}.restartPolicy`,
      (draft) => draft.container("redis", (redis) => delete redis["restartPolicy"]),
    ],
    [
      "one-off-ends",
      "aws_ecs_task_definition.tasks_migrate_task_definition.container_definitions.0.restartPolicy",
      (draft) =>
        draft.container("tasks_migrate", (task) => (task["restartPolicy"] = { enabled: true })),
      { tasks: { migrate: { command: ["node", "migrate.js"] } } },
    ],
    [
      "redis-heals",
      `${service}.deployment_circuit_breaker`,
      ({ resource }) => (resource(service)["deployment_circuit_breaker"] = { enable: true }),
    ],
    [
      "redis-heals",
      `${service}.timeouts.update`,
      ({ resource }) => Object.assign(resource(service)["timeouts"] as object, { update: "12m" }),
    ],
    [
      "redis-heals",
      `${service}.timeouts.create`,
      ({ resource }) => (resource(service)["timeouts"] = { update: "2h" }),
    ],
  ]);

  testKept([
    [
      "exactly five minutes for a stall, and the minimum timeout",
      (draft) => setTimes(draft, fiveMinutes, { create: "720s", update: "0h12m" }),
    ],
    [
      "exactly five minutes for a closed port",
      (draft) =>
        setTimes(draft, { ...fiveMinutes, interval: 60 }, { create: "770s", update: "1h" }),
    ],
  ]);
});
