import type { DnsFault } from "../discovery/dns-fault.ts";

/** How the Cloud Map API fails: DiscoverInstances answers that it is asked too often, or nothing. */
export type CloudMapApiFault = "throttled" | "down";

/** What the parts of the local ECS look at to know whether they fail now; all off at the start. */
export interface FaultSwitches {
  /** Microseconds that a Redis started now takes longer for each key that it loads. */
  keyLoadDelayMicros: number | undefined;
  dns: DnsFault | undefined;
  cloudMapApi: CloudMapApiFault | undefined;
  /** A replacement does not wait for the end of what it replaces. */
  overlap: boolean;
}

export const noFaults = (): FaultSwitches => ({
  keyLoadDelayMicros: undefined,
  dns: undefined,
  cloudMapApi: undefined,
  overlap: false,
});
