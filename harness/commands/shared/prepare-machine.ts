import { checkSystem } from "../../ecs/index.ts";
import { findRedisServer } from "../../ecs/programs/find-redis.ts";

/**
 * Checks that this machine can run a local ECS, then finds or installs the Redis server for its containers.
 */
export async function prepareMachine(): Promise<void> {
  checkSystem();
  process.env["REDIS_SERVER"] = await findRedisServer();
}
