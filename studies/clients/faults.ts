import { connect } from "node:net";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { MovingRedis } from "../../harness/ecs/testing.ts";

export type FaultName = "move" | "silence" | "outage" | "failover";

export interface Fault {
  readonly name: FaultName;
  /** What happens to Redis. */
  readonly title: string;
  /** Resolves when a Redis can be reached that takes writes, and the records name it. */
  readonly begin: (redis: MovingRedis) => Promise<void>;
  /** @default nothing is left of it */
  readonly end?: (redis: MovingRedis) => Promise<void>;
  /** How often it is measured. */
  readonly times: number;
}

/** ms. */
const OUTAGE = 3_000;
/** ms between the silence and the Redis that replaces the silent one. */
const SILENT_FOR = 1_000;

export const faults: readonly Fault[] = [
  {
    name: "move",
    title: "Redis is killed, and another one starts at another address; seven times",
    begin: (redis) => redis.move(),
    times: 7,
  },
  {
    name: "silence",
    title: `Redis falls silent: no reply, no refusal; ${SILENT_FOR / 1000} s later another one runs elsewhere`,
    begin: async (redis) => {
      await redis.lose();
      await sleep(SILENT_FOR);
      await redis.move();
    },
    end: (redis) => redis.restore(),
    times: 1,
  },
  {
    name: "outage",
    title: `Redis is down for ${OUTAGE / 1000} s, and comes back at the same address`,
    begin: async (redis) => {
      await redis.outage(OUTAGE);
      await untilAccepted(redis);
    },
    times: 1,
  },
  {
    name: "failover",
    title:
      "another Redis takes over; the former one keeps its connections, and refuses writes (READONLY)",
    begin: (redis) => redis.demote(),
    end: (redis) => redis.restore(),
    times: 1,
  },
];

/** An outage is bounded, and so is this wait. */
async function untilAccepted({ target }: MovingRedis): Promise<void> {
  const deadline = performance.now() + 3 * OUTAGE;
  while (performance.now() < deadline) {
    const socket = connect(target);
    try {
      await once(socket, "connect");
      return;
    } catch {
      await sleep(5);
    } finally {
      socket.destroy();
    }
  }
  throw new Error("Redis did not come back after an outage");
}
