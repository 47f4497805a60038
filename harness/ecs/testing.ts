/**
 * A Redis that moves, falls silent, freezes and loads slowly, for an app's own tests.
 *
 * @module local-ecs/testing
 */
export type { Target } from "./testing/forward.ts";
export { movingRedis } from "./testing/moving-redis.ts";
export type { MovingRedisOptions } from "./testing/options.ts";
export type { ClientOptions, MovingRedis } from "./testing/types.ts";
