import type { Task } from "./task.ts";
import type { MovingRedis } from "./types.ts";

/** Milliseconds. Shorter than the time of a test in Vitest and Jest, 5 s. */
const FOLLOWED_WITHIN = 3_000;

/**
 * Warns if no client follows a Redis that has moved. The test itself would say only that its time is over.
 * @param task that no client knows yet
 * @returns a function that ends it
 */
export async function lookOut(task: Task, redis: MovingRedis): Promise<() => void> {
  const { name, dns, host, port } = redis;
  const before = await task.connections();
  const message = `No client has connected to Redis at ${task.host}:${task.port} in the ${FOLLOWED_WITHIN / 1000} s since it moved there. A client that follows asks ${dns} for the SRV records of ${name} before each connection, or connects to ${host}:${port} (host and port of movingRedis).`;
  const warn = async (): Promise<void> => {
    if ((await task.connections()) !== before + 1) return;
    process.emitWarning(message, { type: "MovingRedisWarning", code: "NOT_FOLLOWED" });
  };
  const timer = setTimeout(() => void warn(), FOLLOWED_WITHIN).unref();
  return () => clearTimeout(timer);
}
