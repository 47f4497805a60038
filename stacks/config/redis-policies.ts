/** What Redis may drop when its memory is full (https://redis.io/docs/latest/develop/reference/eviction/). */
export const maxmemoryPolicies = [
  "noeviction",
  "allkeys-lru",
  "allkeys-lfu",
  "allkeys-random",
  "volatile-lru",
  "volatile-lfu",
  "volatile-random",
  "volatile-ttl",
] as const;
