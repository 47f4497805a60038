import { expect, it } from "vitest";
import { namesOf } from "../../../stacks/config/names.ts";

it("derives all names from the environment's name", () => {
  const { logGroup, service, task, ...names } = namesOf({ name: "dev", namespace: {} });
  expect(names).toEqual({
    cluster: "dev",
    namespace: "dev-ecs",
    redis: "dev-redis",
    app: "dev-app",
    deadLetters: "dev-tasks-not-started",
    srvName: "dev-redis.dev-ecs",
    redisUrl: "redis+srv://dev-redis.dev-ecs",
  });
  expect([service("search"), task("clean-up")]).toEqual(["dev-search", "dev-clean-up"]);
  expect(logGroup("app")).toBe("/ecs/dev/app");
});

it("gives different SRV names to environments that share a namespace", () => {
  const namespace = { name: "dev-ecs" };
  const srvNames = ["qa1", "qa2"].map((name) => namesOf({ name, namespace }).srvName);
  expect(srvNames).toEqual(["qa1-redis.dev-ecs", "qa2-redis.dev-ecs"]);
});
