import { z } from "zod";
import { oneOf, text } from "./fields.ts";

// Fields shared by Redis as a service and Redis on ElastiCache.

/**
 * Percentage of the container's memory that Redis may fill with data. The rest is for memory fragmentation, and for
 * pages that are copied while Redis forks to rewrite the append-only file.
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
  .describe("Keys that Redis evicts when its memory is full");

/** Additional parameters by name. */
export function parametersField(name: RegExp, allowed: string) {
  return z
    .record(
      text(name, allowed),
      // The words become part of a command line. One that begins with -- would be another option.
      text(
        /^[A-Za-z0-9][\w.-]*( [A-Za-z0-9][\w.-]*)*$/,
        "words of letters, digits and _.- in quotes, each beginning with a letter or digit, such as 10000",
      ),
      "an object from parameter to text",
    )
    .default({});
}
