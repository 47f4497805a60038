import type { ActiveFaults } from "./active-faults.ts";
import { checkNumber, checkOneOf } from "../base/arguments.ts";
import {
  CLOUD_MAP_API_FAULTS,
  type CloudMapApiFault,
  DNS_FAULTS,
  type DnsFaultKind,
} from "../base/fault-primitives.ts";
import type { FaultTargets } from "./targets.ts";

export interface SlowDnsOptions {
  readonly delay?: number;
}

/** Default delay in milliseconds: longer than the first attempt of most clients. */
const SLOW_DNS_DELAY = 3000;

/** Faults of service discovery; see {@link Faults}. */
export class DiscoveryFaults {
  readonly #targets: FaultTargets;
  readonly #active: ActiveFaults;

  constructor(targets: FaultTargets, active: ActiveFaults) {
    this.#targets = targets;
    this.#active = active;
  }

  dns(kind: DnsFaultKind | undefined, { delay = SLOW_DNS_DELAY }: SlowDnsOptions): void {
    if (kind !== undefined) checkOneOf("fault dns", kind, DNS_FAULTS);
    checkNumber("fault dns.delay", delay);
    const { resolver, switches } = this.#targets.cluster;
    void this.#active.end("dns");
    if (kind === undefined) return;
    switches.dns = { kind, delay, replies: 0 };
    if (kind === "stale") resolver.freeze();
    if (kind === "nxdomain") resolver.empty(this.#targets.namespaces);
    // So that wrong negative answers last exactly as long as the fault.
    if (kind === "nxdomain") resolver.flush();
    this.#active.begin("dns", kind, () => {
      switches.dns = undefined;
      resolver.follow();
      if (kind === "nxdomain") resolver.flush();
    });
  }

  records(state: "gone" | undefined): void {
    if (state !== undefined) checkOneOf("fault records", state, ["gone"]);
    const { cloudMap } = this.#targets.cluster;
    void this.#active.end("records");
    if (state === undefined) return;
    cloudMap.silent = true;
    this.#active.begin("records", undefined, () => {
      cloudMap.silent = false;
    });
  }

  cloudMapApi(kind: CloudMapApiFault | undefined): void {
    if (kind !== undefined) checkOneOf("fault cloudMapApi", kind, CLOUD_MAP_API_FAULTS);
    const { switches } = this.#targets.cluster;
    void this.#active.end("cloudMapApi");
    if (kind === undefined) return;
    switches.cloudMapApi = kind;
    this.#active.begin("cloudMapApi", kind, () => {
      switches.cloudMapApi = undefined;
    });
  }
}
