import { setTimeout as sleep } from "node:timers/promises";
import { type Redis, startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { NAME, type Network, startNetwork } from "../network.ts";
import type { Row, Run } from "../rows.ts";
import { quantile } from "../statistics.ts";
import { startWorker } from "../worker.ts";

/** Calls of one dialer that wait for a record. */
const CALLS = 1000;

/**
 * The time from a new record of Redis to the first served command of the app.
 * @param isSilent whether the old Redis accepts connections and says nothing, else it is gone
 */
export async function moves({ quick, signal }: Run, isSilent: boolean): Promise<Row[]> {
  const { lanes, count } = quick ? { lanes: 4, count: 3 } : { lanes: 10, count: 20 };
  await using network = await startNetwork(signal);
  await using clients = startWorker("redis-clients.ts", signal);
  await clients.call("use", network.destination.servers);
  const started: Redis[] = [];

  /** Moves one Redis several times. @returns the wait of each move */
  async function play(_: unknown, lane: number): Promise<number[]> {
    const name = `redis-${lane}.bench.test`;
    const waits: number[] = [];
    let redis = await startRedis();
    started.push(redis);
    await publish(network, name, redis);
    await clients.call("firstCommand", name);
    while (waits.length < count) {
      const old = redis;
      if (isSilent) old.signal("SIGSTOP");
      else await old.stop();
      const away = outage();
      // A client that is connected would wait for the frozen Redis: a new one dials it.
      const served = clients.call(isSilent ? "firstCommand" : "command", name);
      // It is awaited below; until then, a rejection must not count as unhandled.
      served.catch(() => {});
      // ECS deregisters a stopped task at once, but a crashed task only when it detects the crash.
      if (!isSilent && waits.length % 2 === 0) {
        await network.dns.call("change", { srv: { [name]: null } });
      }
      // Redis runs before its record exists, because ECS registers healthy tasks.
      redis = await startRedis();
      started.push(redis);
      await away;
      const visible = await publish(network, name, redis);
      waits.push((await served) - visible);
      await old.stop();
    }
    return waits;
  }

  const ends = Array.from({ length: lanes }, play);
  // Even if one fails: otherwise a Redis that another is starting would keep running.
  await Promise.allSettled(ends);
  await Promise.all(started.map((each) => each.stop()));
  const waits = (await Promise.all(ends)).flat();
  return report(waits, `moves${isSilent ? ", the old Redis is silent" : ""}`);
}

/** The same while many calls wait for the record. */
export async function crowd({ quick, signal }: Run): Promise<Row[]> {
  await using network = await startNetwork(signal);
  await using clients = startWorker("redis-clients.ts", signal);
  await clients.call("use", network.destination.servers);
  await using redis = await startRedis();
  const waits: number[] = [];
  while (waits.length < (quick ? 10 : 100)) {
    await network.dns.call("change", { srv: { [NAME]: null } });
    // The record of the round before expires.
    await sleep(1_100, undefined, { signal });
    const served = clients.call("crowd", NAME, CALLS);
    served.catch(() => {});
    await outage();
    const visible = await publish(network, NAME, redis, 1);
    waits.push((await served) - visible);
  }
  return report(waits, `rounds, ${CALLS} calls wait`);
}

/** From 300 to 2300 ms. */
const outage = (): Promise<void> => sleep(300 + Math.random() * 2_000);

/** @param ttl as in the stacks: after a quick move the old record is still cached @returns when it became visible */
function publish({ dns }: Network, name: string, { port }: Redis, ttl = 10): Promise<number> {
  // The target is an address, because addresses of ECS hosts rarely change, so caches have them.
  return dns.call("change", { srv: { [name]: { target: "127.0.0.1", port, ttl } } });
}

/** @param waits ms from a new record to the first served command */
function report(waits: readonly number[], of: string): Row[] {
  const title = `new record visible → first command served, p99 of ${waits.length} ${of}`;
  const [median, most] = [0.5, 1].map((share) => quantile(waits, share).toFixed(0));
  const detail = `median ${median} ms, most ${most} ms`;
  return [{ title, value: quantile(waits, 0.99), unit: "ms", goal: { most: 120 }, detail }];
}
