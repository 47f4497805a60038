/**
 * What the simulation takes for granted of AWS, Linux and Redis. Times are ms unless they say otherwise.
 * docs/evidence.md lists them with their sources.
 */
export interface Assumptions {
  /** From the stop of Redis, which is deregistered then, until its connections end. */
  readonly ending: number;
  /** From the stop of Redis until the next task starts, which is registered then. */
  readonly gap: number;
  /** From that start until the new Redis listens. */
  readonly startup: number;
  /** From a change of the registry until DNS, and the API, tell of it. */
  readonly propagation: { readonly dns: number; readonly api: number };
  /** Seconds */
  readonly recordTtl: number;
  /** Seconds that "no such name" holds. */
  readonly soaTtl: number;
  /** From a question, or the first packet of a connection, to its answer. */
  readonly roundTrip: { readonly dns: number; readonly api: number; readonly tcp: number };
  /** Packets a second that the VPC's resolver takes from one network interface. */
  readonly packets: number;
  /** DiscoverInstances of one account in one region. */
  readonly bucket: { readonly size: number; readonly refillPerSecond: number };
  readonly redis: {
    /** Connections that wait to be accepted: `tcp-backlog`, and `net.core.somaxconn` of Linux. */
    readonly backlog: number;
    /** What its one thread works for a connection: to accept it, for PING, and for AUTH, HELLO and INFO. */
    readonly accept: number;
    readonly ping: number;
    readonly handshake: number;
  };
  /** When Linux sends the first packet of a connection again that was not answered. */
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

/** The same for a part of the clients: what all of them share is that much smaller, or slower. */
export function scaled(assumptions: Assumptions, part: number): Assumptions {
  const { bucket, redis } = assumptions;
  return {
    ...assumptions,
    bucket: { size: bucket.size * part, refillPerSecond: bucket.refillPerSecond * part },
    redis: {
      backlog: Math.max(1, Math.round(redis.backlog * part)),
      accept: redis.accept / part,
      ping: redis.ping / part,
      handshake: redis.handshake / part,
    },
  };
}
