import { setTimeout as sleep } from "node:timers/promises";
import { type Redis, startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import type { Figure, FigureContext, MeasuredFigure } from "../figure.ts";
import { startNetwork } from "../network.ts";
import type { ClientKind, Clients } from "../processes/redis-clients.ts";
import { quantile, spreadOf } from "../statistics.ts";
import { type Worker, startWorker } from "../worker.ts";

/** Seconds, as in the stacks. After a quick move the old record is still cached. */
const TTL = 10;
/** Shortest and longest outage of Redis, in ms. */
const OUTAGE = { least: 300, most: 2_300 };
/** ms; much longer than any client takes. */
const COMMAND_TIMEOUT = 30_000;

const kinds: readonly ClientKind[] = ["createRedis", "ioredis's own retryStrategy"];

interface Client {
  readonly kind: ClientKind;
  readonly worker: Worker;
  /** ms from the new record to the first served command, for each move. */
  readonly waits: number[];
}

interface Lane {
  readonly name: string;
  readonly dnsServer: Worker;
  readonly clients: readonly Client[];
  readonly moves: number;
  readonly context: FigureContext;
  readonly isSilent: boolean;
}

/** The time from a new record of Redis to the first served command of the app. */
export const movesFigure: Figure = {
  name: "moves",
  measure: async (context) => [await measureMoves(context, false)],
};

/** The same while the old Redis accepts connections and says nothing. */
export const silentMovesFigure: Figure = {
  name: "moves-silent",
  measure: async (context) => [await measureMoves(context, true)],
};

async function measureMoves(context: FigureContext, isSilent: boolean): Promise<MeasuredFigure> {
  const { lanes, moves } = context.quick ? { lanes: 4, moves: 3 } : { lanes: 10, moves: 20 };
  const names = Array.from({ length: lanes }, (_, lane) => `redis-${lane}.bench.test`);
  await using network = await startNetwork(context.signal, () => ({
    additional: true,
    srv: {},
    a: {},
  }));
  const { dnsServer, destination } = network;
  const clients = kinds.map((kind) => ({
    kind,
    worker: startWorker("redis-clients.ts", context.signal),
    waits: [] as number[],
  }));
  const servers = new Map<string, Redis>();
  try {
    for (const name of names) servers.set(name, await startRedisFor(name, dnsServer));
    await Promise.all(
      clients.map(({ kind, worker }) =>
        worker.call("start", { kind, servers: destination.servers, names } satisfies Clients),
      ),
    );
    // Waits for all lanes even if one fails: otherwise a Redis that another lane is starting would keep running.
    const ends = await Promise.allSettled(
      names.map((name) => move({ name, dnsServer, clients, moves, context, isSilent }, servers)),
    );
    const failed = ends.find((end) => end.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  } finally {
    await Promise.all([
      ...clients.map(({ worker }) => worker[Symbol.asyncDispose]()),
      ...[...servers.values()].map((redis) => redis.stop()),
    ]);
  }
  return report(clients, lanes * moves, isSilent);
}

/** Moves one Redis several times. All kinds of clients see the same moves. */
async function move(lane: Lane, servers: Map<string, Redis>): Promise<void> {
  const { name, dnsServer, clients, moves, context, isSilent } = lane;
  for (let done = 0; done < moves; done++) {
    context.signal.throwIfAborted();
    const outage = OUTAGE.least + context.random() * (OUTAGE.most - OUTAGE.least);
    const old = servers.get(name);
    if (isSilent) old?.signal("SIGSTOP");
    else await old?.stop();
    const away = sleep(outage);
    // A client that is connected would wait for the frozen Redis: a new one dials it.
    const command = isSilent ? "firstCommand" : "command";
    const served = Promise.all(
      clients.map(({ worker }) => worker.call<number>(command, name, COMMAND_TIMEOUT)),
    );
    // It is awaited below; until then, a rejection must not count as unhandled.
    served.catch(() => {});
    // ECS deregisters a stopped task at once, but a crashed task only when it detects the crash.
    if (!isSilent && done % 2 === 0) await dnsServer.call("setSrv", { name, records: [] });
    // Redis runs before its record exists, because ECS registers healthy tasks.
    const redis = await startRedis();
    servers.set(name, redis);
    await away;
    const visible = await publish(name, redis, dnsServer);
    const times = await served;
    await old?.stop();
    clients.forEach(({ waits }, index) => waits.push((times[index] ?? Number.NaN) - visible));
  }
}

async function startRedisFor(name: string, dnsServer: Worker): Promise<Redis> {
  const redis = await startRedis();
  await publish(name, redis, dnsServer);
  return redis;
}

/** @returns the time at which the record became visible, in ms on the shared clock */
function publish(name: string, { port }: Redis, dnsServer: Worker): Promise<number> {
  // The target is an address, because addresses of ECS hosts rarely change, so caches have them.
  const records = [{ target: "127.0.0.1", port, ttl: TTL }];
  return dnsServer.call<number>("setSrv", { name, records });
}

function report(clients: readonly Client[], moves: number, isSilent: boolean): MeasuredFigure {
  const p99 = ({ waits }: Client): number => quantile(waits, 0.99);
  const ours = clients.find(({ kind }) => kind === "createRedis");
  return {
    name: isSilent ? "moves-silent" : "moves",
    title: `new record visible → first command served, p99 of ${moves} moves${isSilent ? ", the old Redis is silent" : ""}`,
    value: ours === undefined ? Number.NaN : p99(ours),
    unit: "ms",
    goal: { most: 120 },
    entries: clients.map((client) => ({
      contestant: client.kind,
      measured: spreadOf(client.waits),
      unit: "ms",
      note: `p99 ${Math.round(p99(client))} ms, most ${Math.round(Math.max(...client.waits))} ms`,
    })),
  };
}
