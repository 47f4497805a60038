import { expect, it } from "vitest";
import { findRedisServer } from "../../../../harness/ecs/programs/find-redis.ts";
import { redisVersion } from "../../../../harness/ecs/programs/redis-version.ts";

it("the version of the Redis on this machine is known", async () => {
  expect(await redisVersion(await findRedisServer())).toMatch(/^\d+\.\d+\.\d+$/);
});

it("the version of another program is an error", async () => {
  await expect(redisVersion(process.execPath)).rejects.toThrow("printed no version");
});
