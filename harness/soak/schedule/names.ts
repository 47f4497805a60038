// The moves and faults of a soak, by name. Only data, so that the schedule can be printed without loading the faults.

/** The ways to move Redis, with their share of ten rounds. */
export const MOVES = {
  drain: { title: "the host of Redis is drained", ofTen: 5 },
  kill: { title: "Redis is killed", ofTen: 2 },
  "lose-host": { title: "the host of Redis is lost with its unsynced writes", ofTen: 2 },
  deploy: { title: "Redis is deployed again", ofTen: 1 },
} as const;

export type MoveName = keyof typeof MOVES;

/** The other faults of a round. Each part has only one active fault at a time. */
export const FAULTS = {
  "redis-paused": { part: "redis", title: "Redis is paused", lasts: true },
  "redis-cut-off": { part: "redis", title: "the network to Redis is cut", lasts: true },
  "redis-overlap": {
    part: "redis",
    title: "ECS starts a Redis before the old one ends",
    lasts: true,
  },
  "slow-load": { part: "redis", title: "Redis loads slowly", lasts: true },
  rewrite: { part: "redis", title: "Redis rewrites its file", lasts: false },
  "dns-down": { part: "dns", title: "DNS is down", lasts: true },
  "dns-slow": { part: "dns", title: "DNS is slow", lasts: true },
  "dns-servfail": { part: "dns", title: "DNS answers SERVFAIL", lasts: true },
  "dns-denies": { part: "dns", title: "DNS denies the name", lasts: true },
  "dns-wrong": { part: "dns", title: "DNS sends replies that do not match", lasts: true },
  "dns-truncated": { part: "dns", title: "DNS truncates replies", lasts: true },
  "dns-stale": { part: "dns", title: "DNS keeps the old records", lasts: true },
  "api-down": { part: "api", title: "the Cloud Map API is down", lasts: true },
  "api-throttled": { part: "api", title: "the Cloud Map API is throttled", lasts: true },
  "records-gone": { part: "api", title: "Cloud Map shows no instance", lasts: true },
  "app-killed": { part: "app", title: "a task of the app is killed", lasts: false },
  "app-paused": { part: "app", title: "a task of the app is paused", lasts: true },
  "app-cut-off": { part: "app", title: "the network to a task of the app is cut", lasts: true },
  "app-deployed": { part: "app", title: "the app is deployed again", lasts: false },
} as const;

export type SoakFaultName = keyof typeof FAULTS;
