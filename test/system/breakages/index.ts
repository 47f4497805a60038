import { badDeploy, deployed } from "./app.ts";
import type { Breakage } from "./breakage.ts";
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
} from "./naming.ts";
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
} from "./redis.ts";

/** A row of the table of faults. */
export interface FaultRow {
  readonly breakage: Breakage;
  /** Whether the old arrangement knows it too: there, Redis has no name and no network of its own. */
  readonly before: boolean;
}

const inBoth = (breakage: Breakage): FaultRow => ({ breakage, before: true });
const inTheNew = (breakage: Breakage): FaultRow => ({ breakage, before: false });

/** Everything that can be broken, in the order of the table. */
export const faultRows: readonly FaultRow[] = [
  ...[deployed, badDeploy, moved, killed, slowStorage, frozen].map(inBoth),
  ...[hostLost, diskFull, overlapped()].map(inBoth),
  ...[partitioned, portReused, dnsDown, dnsDownWhileMoving].map(inTheNew),
  ...[dnsSlowWhileMoving, dnsServfailWhileMoving, dnsWrongWhileMoving].map(inTheNew),
  ...[dnsTruncatedWhileMoving, dnsSaysNoWhileMoving, dnsStaleWhileMoving].map(inTheNew),
  ...[recordsGoneWhileMoving, apiDownWhileMoving].map(inTheNew),
];
