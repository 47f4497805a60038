import { checkSystem } from "../ecs/machine/guardian.ts";
import { findRedisServer } from "../programs/redis-server.ts";

/**
 * Sees that this machine can run a local ECS, before anything is installed for it, and finds the Redis
 * that its containers will be.
 */
export async function prepareMachine(): Promise<void> {
  checkSystem();
  process.env["REDIS_SERVER"] = await findRedisServer();
}
