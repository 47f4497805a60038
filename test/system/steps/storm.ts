import { setTimeout } from "node:timers/promises";
import type { Redis } from "ioredis";
import { dnsResolver, type SrvResolver } from "srv-dialer";
import { createRedis } from "srv-dialer/ioredis";
import { moveRedis } from "../breakages/redis.ts";
import { seconds } from "../stage/report.ts";
import type { Stage } from "../stage/stage.ts";
import type { Step } from "./step.ts";

const CLIENTS = 200;
/** Milliseconds between two commands of a client, on average. */
const PACE = 500;
/** What the dialer promises for a client, whatever happens. */
const MOST_QUERIES_A_SECOND = 10;
/**
 * Milliseconds in which the last client is to be back. These clients ask DNS alone: if one of them asks
 * between the old record and the new one, the resolver keeps that no for all of them, for the 15 s of
 * the zone's SOA. (The app asks the Cloud Map API as well.)
 */
const BACK_WITHIN = 25_000;

/** Redis moves under many clients, each with a dialer and a cache of its own. */
export const storm: Step = {
  title: `Redis moves under ${CLIENTS} clients`,
  play: async (stage) => {
    const queries: number[] = [];
    const clients = Array.from(
      { length: CLIENTS },
      (_, index) => new Client(stage, index, queries),
    );
    try {
      await stage.until("every client is served", () =>
        clients.every(({ acks }) => acks.length > 0),
      );
      const before = stage.redisTask.id;
      const began = stage.now();
      const reactivate = await moveRedis(stage);
      const startedAt = stage.ecs.task(stage.redisTask.id).startedAt ?? began;
      const isBack = (client: Client): boolean => client.ackAfter(startedAt) !== undefined;
      await stage.until("every client is served again", () => clients.every(isBack));
      await reactivate();
      await Promise.all(clients.map((client) => client.stop()));
      await judge(stage, { clients, queries: queries.filter((at) => at >= began), startedAt });
      stage.report.expect("Redis moved", stage.redisTask.id !== before, stage.redisTask.id);
    } finally {
      for (const client of clients) client.end();
    }
  },
};

async function judge(
  stage: Stage,
  {
    clients,
    queries,
    startedAt,
  }: {
    readonly clients: readonly Client[];
    readonly queries: readonly number[];
    readonly startedAt: number;
  },
): Promise<void> {
  const { report } = stage;
  const back = clients
    .map((client) => (client.ackAfter(startedAt) ?? Number.POSITIVE_INFINITY) - startedAt)
    .toSorted((a, b) => a - b);
  const last = back.at(-1) ?? Number.POSITIVE_INFINITY;
  const busiest = busiestSecond(queries);
  const acknowledged = clients.reduce((sum, { acks }) => sum + acks.length, 0);
  const failures = clients.reduce((sum, client) => sum + client.failures, 0);
  const lost = await lostIncrements(stage, clients);
  report.measure("Redis started → half of the clients served", seconds(back[CLIENTS / 2] ?? 0));
  report.measure("Redis started → last client served", seconds(last));
  report.measure("DNS queries in the busiest second", busiest);
  report.measure("DNS queries a client", (queries.length / CLIENTS).toFixed(1));
  report.measure("commands acknowledged / failed", `${acknowledged} / ${failures}`);
  report.measure("acknowledged increments lost", lost);
  report.expect(
    `the last client is back within ${BACK_WITHIN / 1_000} s`,
    last <= BACK_WITHIN,
    seconds(last),
  );
  const most = CLIENTS * MOST_QUERIES_A_SECOND;
  report.expect(`under ${most} DNS queries a second`, busiest < most, busiest);
  report.expect("no acknowledged increment was lost", lost === 0, lost);
}

/** A client of Redis that counts, at its own pace, until it is stopped. */
class Client {
  /** When each increment was acknowledged. */
  readonly acks: number[] = [];
  readonly key: string;
  failures = 0;
  readonly #stage: Stage;
  readonly #redis: Redis;
  readonly #counting: Promise<void>;
  #stopped = false;

  constructor(stage: Stage, index: number, queries: number[]) {
    const { arrangement, ecs } = stage;
    if (arrangement.srvName === undefined) throw new Error("Redis has no name in DNS here");
    this.key = `storm:${index}`;
    this.#stage = stage;
    this.#redis = createRedis(
      `redis+srv://${arrangement.srvName}`,
      { password: ecs.secret(arrangement.password) },
      {
        resolver: counting(dnsResolver({ servers: [ecs.dnsServer] }), () =>
          queries.push(stage.now()),
        ),
      },
    );
    // Each failed connection is told; what counts is whether commands are served.
    this.#redis.on("error", () => {});
    this.#counting = this.#count(stage.random(this.key));
  }

  ackAfter(time: number): number | undefined {
    return this.acks.find((at) => at > time);
  }

  /** Resolves once its last command has been answered. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#counting;
  }

  end(): void {
    this.#stopped = true;
    this.#redis.disconnect();
  }

  async #count(random: () => number): Promise<void> {
    while (!this.#stopped) {
      await setTimeout(PACE * (0.5 + random()));
      try {
        await this.#redis.incr(this.key);
        this.acks.push(this.#stage.now());
      } catch {
        this.failures += 1;
      }
    }
  }
}

/** Every question counts: for the records, and for the address of a target. */
function counting(resolver: SrvResolver, onQuery: () => void): SrvResolver {
  const lookup = resolver.lookup?.bind(resolver);
  return {
    resolve: (name, context) => {
      onQuery();
      return resolver.resolve(name, context);
    },
    ...(lookup && {
      lookup: (host, context) => {
        onQuery();
        return lookup(host, context);
      },
    }),
  };
}

/** The most queries within any second. */
function busiestSecond(times: readonly number[]): number {
  const counts = times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length);
  return Math.max(0, ...counts);
}

/** An increment that was not acknowledged may be there; one that was must be. */
async function lostIncrements(stage: Stage, clients: readonly Client[]): Promise<number> {
  const redis = stage.redis();
  try {
    const counts = await redis.mget(clients.map(({ key }) => key));
    return clients.reduce(
      (lost, { acks }, index) => lost + Math.max(0, acks.length - Number(counts[index] ?? 0)),
      0,
    );
  } finally {
    redis.disconnect();
  }
}
