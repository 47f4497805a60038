import { findRedisServer } from "../../harness/ecs/programs/find-redis.ts";
import { findOpenssl } from "./openssl.ts";

/** Finds or installs Redis and openssl once before all tests. The workers get Redis' path in REDIS_SERVER. */
export default async function setup(): Promise<void> {
  process.env["REDIS_SERVER"] = await findRedisServer();
  await findOpenssl();
}
