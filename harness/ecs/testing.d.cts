// The types for CommonJS: those of the ES module.
import type * as testing from "./testing.js" with { "resolution-mode": "import" };

export declare const movingRedis: typeof testing.movingRedis;
export type ClientOptions = testing.ClientOptions;
export type MovingRedis = testing.MovingRedis;
export type MovingRedisOptions = testing.MovingRedisOptions;
export type Target = testing.Target;
