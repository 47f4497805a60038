import { scaled } from "./assumptions.ts";
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
/** Interval between two values of a series, in ms. */
export const WIDTH = 500;

const OLD = { id: "old", address: "10.0.1.1", port: 40_000 };
const NEW = { id: "new", address: "10.0.1.2", port: 45_000 };

export interface MoveOptions extends FleetOptions {
  /** Number of clients that each simulated client represents. @default 1 */
  readonly standsFor?: number;
  /** Age of the records in the VPC's resolver when Redis stops, in ms. @default as simulated */
  readonly recordAge?: number;
}

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
  readonly byKind: { readonly dns: Recovery; readonly cloudMap: Recovery };
  /** Since Redis stopped. */
  readonly dials: number;
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
  readonly series: Series;
}

/** One value for each {@link WIDTH} since Redis stopped. */
export interface Series {
  /** Packets and calls per second. */
  readonly dns: readonly number[];
  readonly api: readonly number[];
  /** Share of the clients that the new Redis serves. */
  readonly served: readonly number[];
}

/** Moves Redis while all clients are connected. */
export async function simulateMove(options: MoveOptions): Promise<Move> {
  const { stackTraceLimit } = Error;
  // Millions of dials fail here, and stacks of their errors would take time.
  Error.stackTraceLimit = 0;
  try {
    return await simulate(options);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

async function simulate(options: MoveOptions): Promise<Move> {
  const { standsFor = 1, recordAge } = options;
  const clients = Math.ceil(options.clients / standsFor);
  const assumptions = scaled(options.assumptions, 1 / standsFor);
  const fleet = new Fleet({ ...options, clients, assumptions });
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
  if (recordAge !== undefined) fleet.dns.prime(recordAge);
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
  return measured(fleet, redis, { standsFor, stopped, listens, before });
}

function servedSince({ readyAt }: Fleet, time: number): number {
  let served = 0;
  for (const at of readyAt) if (at >= time) served++;
  return served;
}

/** The counts so far. */
function countsOf({ clients, dns }: Fleet) {
  const dials = clients.reduce((sum, client) => sum + client.dials, 0);
  return { dials, packets: dns.packets.total, dropped: dns.dropped };
}

function expectAll(fleet: Fleet, since: number): void {
  const missing = fleet.clients.length - servedSince(fleet, since);
  if (missing > 0)
    throw new Error(`${missing} clients are not served after ${fleet.clock.now()} ms`);
}

interface Times {
  readonly before: ReturnType<typeof countsOf>;
  readonly standsFor: number;
  readonly stopped: number;
  readonly listens: number;
}

function measured(fleet: Fleet, redis: RedisServer, of: Times): Move {
  const { standsFor, stopped, listens, before } = of;
  const { dns, registry } = fleet;
  const total = countsOf(fleet);
  const end = stopped + Math.ceil((fleet.clock.now() - stopped) / WIDTH) * WIDTH;
  const times = fleet.readyAt.map((at) => (at < listens ? Infinity : at - listens));
  const all = (count: number): number => Math.round(count * standsFor);
  const series = (counts: readonly number[]): number[] => counts.map(all);
  return {
    recovery: recoveryOf(times),
    byKind: {
      dns: recoveryOf(times.filter((_, index) => !fleet.usesApi(index))),
      cloudMap: recoveryOf(times.filter((_, index) => fleet.usesApi(index))),
    },
    dials: all(total.dials - before.dials),
    dns: {
      peak: all(dns.packets.busiestSecond(stopped)),
      peakOfHost: dns.peakOfInterface,
      total: all(total.packets - before.packets),
      dropped: all(total.dropped - before.dropped),
    },
    api: {
      peak: all(registry.calls.busiestSecond(stopped)),
      total: all(registry.calls.total),
      throttled: all(registry.throttled),
    },
    connects: { peak: all(redis.syns.busiestSecond(listens)), overflows: all(redis.overflows) },
    series: {
      dns: series(dns.packets.series(stopped, end, WIDTH)),
      api: series(registry.calls.series(stopped, end, WIDTH)),
      served: servedSeries(times, end - stopped, listens - stopped),
    },
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

/** @param offset time from the stop of the old Redis to the zero point of `times` */
function servedSeries(times: readonly number[], duration: number, offset: number): number[] {
  const served: number[] = [];
  for (let time = WIDTH; time <= duration; time += WIDTH) {
    const count = times.reduce((sum, at) => (at + offset <= time ? sum + 1 : sum), 0);
    served.push(Number((count / times.length).toFixed(4)));
  }
  return served;
}
