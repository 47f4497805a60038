import { Fleet, type FleetOptions } from "./fleet.ts";
import type { RedisServer } from "./network/redis-server.ts";

/** Clients connect within this time, in ms. */
const ARRIVAL = 20_000;
/** Then they stay connected until their answers have expired, in ms. */
const CALM = 40_000;
/** Longest simulated time after the new Redis listens, in ms. */
export const PATIENCE = 120_000;
/** Interval of the check whether all clients are served, in ms. */
const CHECK_INTERVAL = 1_000;

const OLD = { id: "old", address: "10.0.1.1", port: 40_000 };
const NEW = { id: "new", address: "10.0.1.2", port: 45_000 };

/**
 * The time from the new Redis listening until half, 99 % and all clients are served, in ms. Null if that takes longer
 * than {@link PATIENCE}, or without clients.
 */
export interface Recovery {
  readonly half: number | null;
  readonly most: number | null;
  readonly all: number | null;
}

/** The effect of a move of Redis on its clients, DNS and the Cloud Map API. */
export interface Move {
  readonly recovery: Recovery;
  readonly dns: {
    /** Packets in the busiest second, in total and of one network interface. */
    readonly peak: number;
    readonly peakOfHost: number;
    /** Since Redis stopped. */
    readonly total: number;
    readonly dropped: number;
  };
  readonly api: { readonly peak: number; readonly total: number; readonly throttled: number };
  readonly connects: {
    /** First packets of connections to the new Redis in its busiest second. */
    readonly peak: number;
    /** First packets dropped because the backlog was full. */
    readonly overflows: number;
  };
}

/** Moves Redis while all clients are connected. */
export async function simulateMove(options: FleetOptions): Promise<Move> {
  const { stackTraceLimit } = Error;
  // Millions of dials fail here, and stacks of their errors would take time.
  Error.stackTraceLimit = 0;
  try {
    return await simulate(options);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

async function simulate(options: FleetOptions): Promise<Move> {
  const { clients, assumptions } = options;
  const fleet = new Fleet(options);
  const { clock } = fleet;
  const { gap, ending, startup, propagation } = assumptions;
  const old = fleet.startRedis(OLD);
  old.listen();
  await clock.advance(Math.max(propagation.dns, propagation.api));
  for (const client of fleet.clients) clock.after(fleet.random() * ARRIVAL, () => client.connect());
  await clock.advance(ARRIVAL + CALM);
  expectAll(fleet, 0);
  const stopped = clock.now();
  const before = countsOf(fleet);
  fleet.registry.set(undefined);
  await clock.advance(ending);
  old.stop();
  await clock.advance(gap - ending);
  const redis = fleet.startRedis(NEW);
  await clock.advance(startup);
  redis.listen();
  const listens = clock.now();
  while (servedSince(fleet, listens) < clients && clock.now() < listens + PATIENCE) {
    await clock.advance(CHECK_INTERVAL);
  }
  return measured(fleet, redis, { stopped, listens, before });
}

function servedSince({ readyAt }: Fleet, time: number): number {
  let served = 0;
  for (const at of readyAt) if (at >= time) served++;
  return served;
}

/** The counts so far. */
const countsOf = ({ dns }: Fleet) => ({ packets: dns.packets.total, dropped: dns.dropped });

function expectAll(fleet: Fleet, since: number): void {
  const missing = fleet.clients.length - servedSince(fleet, since);
  if (missing > 0)
    throw new Error(`${missing} clients are not served after ${fleet.clock.now()} ms`);
}

interface Times {
  readonly before: ReturnType<typeof countsOf>;
  readonly stopped: number;
  readonly listens: number;
}

function measured(fleet: Fleet, redis: RedisServer, of: Times): Move {
  const { stopped, listens, before } = of;
  const { dns, registry } = fleet;
  const total = countsOf(fleet);
  const times = fleet.readyAt.map((at) => (at < listens ? Infinity : at - listens));
  return {
    recovery: recoveryOf(times),
    dns: {
      peak: dns.packets.busiestSecond(stopped),
      peakOfHost: dns.peakOfInterface,
      total: total.packets - before.packets,
      dropped: total.dropped - before.dropped,
    },
    api: {
      peak: registry.calls.busiestSecond(stopped),
      total: registry.calls.total,
      throttled: registry.throttled,
    },
    connects: { peak: redis.syns.busiestSecond(listens), overflows: redis.overflows },
  };
}

/** @param times time of each client in ms; Infinity if it is not served */
export function recoveryOf(times: readonly number[]): Recovery {
  const sorted = times.toSorted((a, b) => a - b);
  const quantile = (share: number): number | null => {
    const time = sorted[Math.ceil(share * sorted.length) - 1] ?? Infinity;
    return time === Infinity ? null : Math.round(time);
  };
  return { half: quantile(0.5), most: quantile(0.99), all: quantile(1) };
}
