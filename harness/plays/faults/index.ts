import { appDeployed, badDeploy } from "./app-faults.ts";
import type { Fault } from "./fault.ts";
import { type FaultRowName, faultNames } from "./names.ts";
import {
  cloudMapApiDown,
  dnsDenies,
  dnsDown,
  dnsDownWhileMoving,
  dnsServfail,
  dnsSlow,
  dnsStale,
  dnsTruncated,
  dnsWrong,
  recordsGone,
} from "./naming-faults.ts";
import {
  diskFull,
  hostLost,
  overlap,
  partition,
  portReuse,
  redisFrozen,
  redisKilled,
  redisMoved,
  storageSlow,
} from "./redis-faults.ts";
import {
  badRedis,
  mountFailsInDeploy,
  redisCrashes,
  storageStalled,
} from "./redis-lifecycle-faults.ts";

const FAULTS: Readonly<Record<FaultRowName, Fault>> = {
  "app-deploy": appDeployed,
  "bad-deploy": badDeploy,
  "redis-moves": redisMoved,
  "redis-killed": redisKilled,
  "redis-crashes": redisCrashes,
  "slow-load": storageSlow,
  "storage-stalled": storageStalled,
  frozen: redisFrozen,
  "host-lost": hostLost(),
  "disk-full": diskFull,
  overlap: overlap(),
  partition,
  "port-reuse": portReuse,
  "bad-redis": badRedis,
  "efs-away": mountFailsInDeploy,
  "dns-down": dnsDown,
  "dns-down-while-moving": dnsDownWhileMoving,
  "dns-slow": dnsSlow,
  "dns-servfail": dnsServfail,
  "dns-wrong": dnsWrong,
  "dns-truncated": dnsTruncated,
  "dns-denies": dnsDenies,
  "dns-stale": dnsStale,
  "records-gone": recordsGone,
  "cloud-map-api-down": cloudMapApiDown,
};

export const faultOf = (name: FaultRowName): Fault => FAULTS[name];

/** All faults, in the order of the table. */
export const faults: readonly Fault[] = faultNames.map(faultOf);
