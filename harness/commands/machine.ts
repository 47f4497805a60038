import { checkSystem } from "../ecs/index.ts";
import { findRedisServer } from "../programs/find-redis.ts";

/**
 * Sees that this machine can run a local ECS, before anything is installed for it, and finds the Redis
 * that its containers will be.
 */
export async function prepareMachine(): Promise<void> {
  checkSystem();
  process.env["REDIS_SERVER"] = await findRedisServer();
}
