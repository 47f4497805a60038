import { setTimeout } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { SrvResolver } from "srv-dialer";
import { createRedis } from "srv-dialer/ioredis";
import type { Stage } from "../stage/stage.ts";

/** Milliseconds between two commands of a client, on average. */
const PACE = 500;

/** A Redis client with its own dialer, cache and pace. */
export class StormClient {
  readonly acks: number[] = [];
  /** The acknowledged writes. They are members of a set, so a resent command does not hide a lost one. */
  readonly written: number[] = [];
  readonly key: string;
  failures = 0;
  readonly #stage: Stage;
  readonly #redis: Redis;
  readonly #writing: Promise<void>;
  #stopped = false;

  constructor(stage: Stage, key: string, resolver: readonly SrvResolver[]) {
    const { setup } = stage;
    if (setup.srvName === undefined) throw new Error("Redis has no name in DNS here");
    this.key = key;
    this.#stage = stage;
    const url = `redis+srv://${setup.srvName}`;
    this.#redis = createRedis(url, stage.credentials, { resolver: [...resolver] });
    // Connection errors are ignored. Only commands count.
    this.#redis.on("error", () => {});
    this.#writing = this.#write(stage.random(key));
  }

  ackAfter(time: number): number | undefined {
    return this.acks.find((at) => at > time);
  }

  /** Resolves once the last command has a reply. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#writing;
  }

  end(): void {
    this.#stopped = true;
    this.#redis.disconnect();
  }

  async #write(random: () => number): Promise<void> {
    for (let member = 1; !this.#stopped; member++) {
      await setTimeout(PACE * (0.5 + random()));
      try {
        await this.#redis.sadd(this.key, member);
        this.acks.push(this.#stage.now());
        this.written.push(member);
      } catch {
        this.failures += 1;
      }
    }
  }
}

/** The number of acknowledged writes that Redis lacks. */
export async function lostBy(
  stage: Pick<Stage, "readRedis">,
  clients: readonly Pick<StormClient, "key" | "written">[],
): Promise<number> {
  const lost = await stage.readRedis((redis) =>
    Promise.all(
      clients
        // Redis refuses the command without members.
        .filter(({ written }) => written.length > 0)
        .map(async ({ key, written }) => {
          const found = await redis.smismember(key, written);
          return found.filter((isThere) => isThere === 0).length;
        }),
    ),
  );
  return lost.reduce((sum, each) => sum + each, 0);
}

/** A resolver that reports each query for records and addresses. */
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
