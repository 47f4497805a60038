import { describe } from "vitest";
import { redisLifeRules } from "../../../stacks/rules/redis-life-rules.ts";
import { type Break, testBreaks } from "../support/broken.ts";

const service = "aws_ecs_service.redis_service";
const container = "aws_ecs_task_definition.redis_task_definition.container_definitions.0";

type Json = Record<string, unknown>;

/** Changes a block of Redis' container. */
const inContainer =
  (block: string, changes: Json): Break[2] =>
  (draft) =>
    draft.container("redis", (redis) => Object.assign(redis[block] as object, changes));

describe("the rules of Redis' life", () => {
  testBreaks(redisLifeRules, [
    // The numbers that the stacks had once: 90 s of a stall.
    [
      "stall-is-no-kill",
      `${container}.healthCheck`,
      inContainer("healthCheck", { interval: 10, timeout: 5, retries: 6 }),
    ],
    [
      "stall-is-no-kill",
      `${container}.healthCheck`,
      inContainer("healthCheck", { interval: 60, timeout: 2, retries: 6 }),
    ],
    [
      "redis-restarts-in-place",
      `${container}.restartPolicy`,
      (draft) => draft.container("redis", (redis) => delete redis["restartPolicy"]),
    ],
    [
      "redis-restarts-in-place",
      `${container}.restartPolicy`,
      inContainer("restartPolicy", { enabled: false }),
    ],
    [
      "redis-restarts-in-place",
      `${container}.restartPolicy`,
      inContainer("restartPolicy", { restartAttemptPeriod: 300 }),
    ],
    [
      "redis-restarts-in-place",
      `${container}.restartPolicy`,
      inContainer("restartPolicy", { ignoredExitCodes: [75] }),
    ],
    [
      "one-off-ends",
      "aws_ecs_task_definition.tasks_migrate_task_definition.container_definitions.0.restartPolicy",
      (draft) =>
        draft.container("tasks_migrate", (task) => (task["restartPolicy"] = { enabled: true })),
      { tasks: { migrate: { command: ["node", "migrate.js"] } } },
    ],
    [
      "bad-redis-release-fails",
      `${service}.deployment_circuit_breaker`,
      ({ resource }) => delete resource(service)["deployment_circuit_breaker"],
    ],
    [
      "bad-redis-release-fails",
      `${service}.timeouts.update`,
      ({ resource }) => Object.assign(resource(service)["timeouts"] as object, { update: "20m" }),
    ],
    [
      "bad-redis-release-fails",
      `${service}.timeouts.create`,
      ({ resource }) => (resource(service)["timeouts"] = { update: "2h" }),
    ],
  ]);
});
