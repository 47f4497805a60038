/**
 * The names of all faults, in the order of the table. Only data, so that a command can check a name without loading
 * the faults.
 */
export const faultNames = [
  "app-deploy",
  "bad-deploy",
  "redis-moves",
  "redis-killed",
  "redis-crashes",
  "slow-load",
  "storage-stalled",
  "frozen",
  "host-lost",
  "disk-full",
  "overlap",
  "partition",
  "port-reuse",
  "bad-redis",
  "efs-away",
  "dns-down",
  "dns-down-while-moving",
  "dns-slow",
  "dns-servfail",
  "dns-wrong",
  "dns-truncated",
  "dns-denies",
  "dns-stale",
  "records-gone",
  "cloud-map-api-down",
] as const;

export type FaultRowName = (typeof faultNames)[number];
