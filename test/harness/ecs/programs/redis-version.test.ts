import { expect, it } from "vitest";
import { findRedisServer } from "../../../../harness/ecs/programs/find-redis.ts";
import { redisVersion } from "../../../../harness/ecs/programs/redis-version.ts";

it("the version of the Redis on this machine is known", async () => {
  expect(await redisVersion(await findRedisServer())).toMatch(/^\d+\.\d+\.\d+$/);
});

it("a program that is no Redis has none", async () => {
  await expect(redisVersion(process.execPath)).rejects.toThrow("says no version: v");
});
