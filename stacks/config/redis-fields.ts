import { z } from "zod";
import { oneOf, text } from "./fields.ts";

// Fields that Redis as a service and on ElastiCache share.

/**
 * How much of its container's memory Redis may fill with data. A rewrite of the append-only file forks:
 * the rest is for the pages that it copies, and for what the allocator cannot use.
 */
export const dataPercent = 75;

/** https://redis.io/docs/latest/develop/reference/eviction/ */
export const maxmemoryPolicy = oneOf([
  "noeviction",
  "allkeys-lru",
  "allkeys-lfu",
  "allkeys-random",
  "volatile-lru",
  "volatile-lfu",
  "volatile-random",
  "volatile-ttl",
])
  .default("noeviction")
  .describe("What Redis drops when its memory is full");

/** Further parameters, from name to value. */
export function parametersField(name: RegExp, allowed: string) {
  return z
    .record(
      text(name, allowed),
      text(/^[A-Za-z0-9][\w .-]*$/, "text in quotes, such as 10000"),
      "an object from parameter to text",
    )
    .default({});
}
