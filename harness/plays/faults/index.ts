import { badDeploy, deployed } from "./app-faults.ts";
import type { Breakage } from "./fault.ts";
import {
  apiDownWhileMoving,
  dnsDown,
  dnsDownWhileMoving,
  dnsSaysNoWhileMoving,
  dnsServfailWhileMoving,
  dnsSlowWhileMoving,
  dnsStaleWhileMoving,
  dnsTruncatedWhileMoving,
  dnsWrongWhileMoving,
  recordsGoneWhileMoving,
} from "./naming-faults.ts";
import {
  diskFull,
  frozen,
  hostLost,
  killed,
  moved,
  overlapped,
  partitioned,
  portReused,
  slowStorage,
} from "./redis-faults.ts";

/** A row of the table of faults. */
export interface FaultRow {
  /** As on the command line. */
  readonly name: string;
  readonly breakage: Breakage;
  /** Whether the old setup knows it too: there, Redis has no name and no network of its own. */
  readonly before: boolean;
}

const inBoth = (name: string, breakage: Breakage): FaultRow => ({ name, breakage, before: true });
const inTheNew = (name: string, breakage: Breakage): FaultRow => ({
  name,
  breakage,
  before: false,
});

/** Everything that can be broken, in the order of the table. */
export const faultRows: readonly FaultRow[] = [
  inBoth("release", deployed),
  inBoth("bad-release", badDeploy),
  inBoth("host-drained", moved),
  inBoth("redis-killed", killed),
  inBoth("slow-efs", slowStorage),
  inBoth("redis-frozen", frozen),
  inBoth("host-lost", hostLost),
  inBoth("disk-full", diskFull),
  inBoth("second-redis", overlapped()),
  inTheNew("network-cut", partitioned),
  inTheNew("port-reused", portReused),
  inTheNew("dns-down", dnsDown),
  inTheNew("dns-down-while-moving", dnsDownWhileMoving),
  inTheNew("dns-slow", dnsSlowWhileMoving),
  inTheNew("dns-servfail", dnsServfailWhileMoving),
  inTheNew("dns-wrong", dnsWrongWhileMoving),
  inTheNew("dns-truncated", dnsTruncatedWhileMoving),
  inTheNew("dns-denies", dnsSaysNoWhileMoving),
  inTheNew("dns-stale", dnsStaleWhileMoving),
  inTheNew("records-gone", recordsGoneWhileMoving),
  inTheNew("cloud-map-api-down", apiDownWhileMoving),
];
