/**
 * What the simulation assumes about AWS, Linux and Redis. Times are ms unless noted.
 * docs/evidence.md lists them with their sources.
 */
export interface Assumptions {
  /** From the stop and deregistration of Redis until its connections end. */
  readonly ending: number;
  /** From the stop of Redis until the next task starts and is registered. */
  readonly gap: number;
  /** From that start until the new Redis listens. */
  readonly startup: number;
  /** From a change in Cloud Map until DNS and the API have it. */
  readonly propagation: { readonly dns: number; readonly api: number };
  /** Seconds */
  readonly recordTtl: number;
  /** TTL of NXDOMAIN, in seconds. */
  readonly soaTtl: number;
  /** From a query, or the first packet of a connection, to its answer. */
  readonly roundTrip: { readonly dns: number; readonly api: number; readonly tcp: number };
  /** Limit of the VPC's resolver, in packets per second and network interface. */
  readonly packets: number;
  /** Rate limit of DiscoverInstances, per account and region. */
  readonly bucket: { readonly size: number; readonly refillPerSecond: number };
  readonly redis: {
    /** Maximum of connections that wait to be accepted: `tcp-backlog`, and `net.core.somaxconn` of Linux. */
    readonly backlog: number;
    /** CPU time of its thread per connection: to accept it, for PING, and for AUTH, HELLO and INFO. */
    readonly accept: number;
    readonly ping: number;
    readonly handshake: number;
  };
  /** Times at which Linux resends an unanswered first packet of a connection. */
  readonly synRetries: readonly number[];
}

export const AWS: Assumptions = {
  ending: 500,
  gap: 15_000,
  startup: 1_000,
  propagation: { dns: 5_000, api: 1_000 },
  recordTtl: 10,
  soaTtl: 15,
  roundTrip: { dns: 0.5, api: 10, tcp: 0.5 },
  packets: 1_024,
  bucket: { size: 2_000, refillPerSecond: 1_000 },
  redis: { backlog: 511, accept: 0.025, ping: 0.005, handshake: 0.05 },
  synRetries: [1_000, 3_000, 7_000],
};
