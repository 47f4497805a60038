import { setTimeout } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { SrvResolver } from "srv-dialer";
import { createRedis } from "srv-dialer/ioredis";
import type { Stage } from "../stage/stage.ts";

/** Milliseconds between two commands of a client, on average. */
const PACE = 500;

/** A client of Redis with its own dialer and cache, that counts at its own pace. */
export class StormClient {
  /** When each increment was acknowledged. */
  readonly acks: number[] = [];
  readonly key: string;
  failures = 0;
  readonly #stage: Stage;
  readonly #redis: Redis;
  readonly #counting: Promise<void>;
  #stopped = false;

  constructor(stage: Stage, key: string, resolver: readonly SrvResolver[]) {
    const { setup } = stage;
    if (setup.srvName === undefined) throw new Error("Redis has no name in DNS here");
    this.key = key;
    this.#stage = stage;
    const url = `redis+srv://${setup.srvName}`;
    this.#redis = createRedis(url, stage.credentials, { resolver: [...resolver] });
    // Failed connections do not matter here: what counts is whether commands are served.
    this.#redis.on("error", () => {});
    this.#counting = this.#count(stage.random(key));
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

/** How many acknowledged increments Redis does not have; those not acknowledged may be there or not. */
export async function lostIncrements(
  stage: Stage,
  clients: readonly StormClient[],
): Promise<number> {
  const counts = await stage.lookAtRedis((redis) => redis.mget(clients.map(({ key }) => key)));
  const lost = clients.map(({ acks }, index) => acks.length - Number(counts[index] ?? 0));
  return lost.reduce((sum, each) => sum + Math.max(0, each), 0);
}

/** A resolver that reports each query, for records and for the address of a target. */
export function counting(resolver: SrvResolver, onQuery: () => void): SrvResolver {
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
