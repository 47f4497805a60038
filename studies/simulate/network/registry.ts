import type { HttpInstanceSummary } from "@aws-sdk/client-servicediscovery";
import type { Discover } from "../../../runtime/src/cloud-map/resolver.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import type { Assumptions } from "../assumptions.ts";
import { Rate } from "../rate.ts";

export interface Instance {
  readonly id: string;
  readonly address: string;
  readonly port: number;
}

/** Cloud Map with one service and one instance, which DNS and the API return after their delays. */
export class Registry {
  readonly calls = new Rate();
  throttled = 0;
  /** The instance in DNS. */
  inDns: Instance | undefined;
  #inApi: Instance | undefined;
  readonly #clock: VirtualClock;
  readonly #assumptions: Assumptions;
  #tokens: number;
  #refilledAt = 0;

  constructor(clock: VirtualClock, assumptions: Assumptions) {
    this.#clock = clock;
    this.#assumptions = assumptions;
    this.#tokens = assumptions.bucket.size;
  }

  /** Registers an instance. @param instance undefined to deregister it */
  set(instance: Instance | undefined): void {
    const { dns, api } = this.#assumptions.propagation;
    this.#clock.after(dns, () => (this.inDns = instance));
    this.#clock.after(api, () => (this.#inApi = instance));
  }

  /** DiscoverInstances. */
  readonly discover: Discover = (_service, lifetime) => {
    this.calls.add(this.#clock.now());
    const isThrottled = !this.#takeToken();
    if (isThrottled) this.throttled++;
    return lifetime.wait((resolve, reject) =>
      this.#clock.after(this.#assumptions.roundTrip.api, () => {
        if (isThrottled) reject(new RequestLimitExceeded());
        else resolve(this.#inApi === undefined ? [] : [summaryOf(this.#inApi)]);
      }),
    );
  };

  #takeToken(): boolean {
    const { size, refillPerSecond } = this.#assumptions.bucket;
    const now = this.#clock.now();
    const refilled = ((now - this.#refilledAt) / 1_000) * refillPerSecond;
    this.#tokens = Math.min(size, this.#tokens + refilled);
    this.#refilledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

/** The API's error name. */
class RequestLimitExceeded extends Error {
  override readonly name = "RequestLimitExceeded";
}

function summaryOf({ id, address, port }: Instance): HttpInstanceSummary {
  return {
    InstanceId: id,
    Attributes: { AWS_INSTANCE_IPV4: address, AWS_INSTANCE_PORT: String(port) },
  };
}
