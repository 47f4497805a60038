import { appDeployed, badDeploy } from "./app-faults.ts";
import type { Fault } from "./fault.ts";
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
import { badRedis, mountFailsInDeploy, redisCrashes, storageStalled } from "./redis-life-faults.ts";

/** Every fault, in the order of the table. */
export const faults: readonly Fault[] = [
  appDeployed,
  badDeploy,
  redisMoved,
  redisKilled,
  redisCrashes,
  storageSlow,
  storageStalled,
  redisFrozen,
  hostLost(),
  diskFull,
  overlap(),
  partition,
  portReuse,
  badRedis,
  mountFailsInDeploy,
  dnsDown,
  dnsDownWhileMoving,
  dnsSlow,
  dnsServfail,
  dnsWrong,
  dnsTruncated,
  dnsDenies,
  dnsStale,
  recordsGone,
  cloudMapApiDown,
];
