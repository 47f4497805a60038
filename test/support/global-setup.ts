import { findRedisServer } from "../../harness/ecs/programs/find-redis.ts";

/** Finds or installs Redis once before all tests. The workers get its path in REDIS_SERVER. */
export default async function setup(): Promise<void> {
  process.env["REDIS_SERVER"] = await findRedisServer();
}
