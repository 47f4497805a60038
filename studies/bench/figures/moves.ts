import { setTimeout as sleep } from "node:timers/promises";
import { type Redis, startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import type { Figure, FigureContext, MeasuredFigure } from "../figure.ts";
import { startNetwork } from "../network.ts";
import type { ClientKind, Clients } from "../processes/redis-clients.ts";
import { quantile, spreadOf } from "../statistics.ts";
import { type Worker, startWorker } from "../worker.ts";

/** Seconds, as Cloud Map is set up here; the old record is still cached when a move is quick. */
const TTL = 10;
/** ms that Redis is away at the least and at the most. */
const OUTAGE = { least: 300, most: 2_300 };
/** ms; far beyond what any client takes. */
const LONGEST_WAIT = 30_000;

const kinds: readonly ClientKind[] = ["createRedis", "ioredis's own retryStrategy"];

interface Client {
  readonly kind: ClientKind;
  readonly worker: Worker;
  /** ms from the new record to the first command served, one a move. */
  readonly waits: number[];
}

interface Lane {
  readonly name: string;
  readonly dnsServer: Worker;
  readonly clients: readonly Client[];
  readonly moves: number;
  readonly context: FigureContext;
}

/** Redis ends, and is back elsewhere: how long until the app's first command is served? */
export const movesFigure: Figure = {
  name: "moves",
  measure: async (context) => [await measureMoves(context)],
};

async function measureMoves(context: FigureContext): Promise<MeasuredFigure> {
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
    // All of them, also when one fails: what another is starting would not be stopped below.
    const ends = await Promise.allSettled(
      names.map((name) => move({ name, dnsServer, clients, moves, context }, servers)),
    );
    const failed = ends.find((end) => end.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  } finally {
    await Promise.all([
      ...clients.map(({ worker }) => worker[Symbol.asyncDispose]()),
      ...[...servers.values()].map((redis) => redis.stop()),
    ]);
  }
  return report(clients, lanes * moves);
}

/** Moves one Redis again and again; the clients meet the same moves. */
async function move(lane: Lane, servers: Map<string, Redis>): Promise<void> {
  const { name, dnsServer, clients, moves, context } = lane;
  for (let done = 0; done < moves; done++) {
    context.signal.throwIfAborted();
    const outage = OUTAGE.least + context.random() * (OUTAGE.most - OUTAGE.least);
    await servers.get(name)?.stop();
    const away = sleep(outage);
    const served = Promise.all(
      clients.map(({ worker }) => worker.call<number>("command", name, LONGEST_WAIT)),
    );
    // Awaited below: until then a failure is not unhandled.
    served.catch(() => {});
    // A task that was stopped is deregistered at once; one that crashed, when ECS has seen it.
    if (done % 2 === 0) await dnsServer.call("setSrv", { name, records: [] });
    // Redis is up before it is found, as ECS registers what is healthy.
    const redis = await startRedis();
    servers.set(name, redis);
    await away;
    const visible = await publish(name, redis, dnsServer);
    const times = await served;
    clients.forEach(({ waits }, index) => waits.push((times[index] ?? Number.NaN) - visible));
  }
}

async function startRedisFor(name: string, dnsServer: Worker): Promise<Redis> {
  const redis = await startRedis();
  await publish(name, redis, dnsServer);
  return redis;
}

/** @returns when the record became visible, in ms on the shared clock */
function publish(name: string, { port }: Redis, dnsServer: Worker): Promise<number> {
  // The target is an address: ECS hosts' addresses change seldom, and are in every cache.
  const records = [{ target: "127.0.0.1", port, ttl: TTL }];
  return dnsServer.call<number>("setSrv", { name, records });
}

function report(clients: readonly Client[], moves: number): MeasuredFigure {
  const p99 = ({ waits }: Client): number => quantile(waits, 0.99);
  const ours = clients.find(({ kind }) => kind === "createRedis");
  return {
    name: "moves",
    title: `new record visible → first command served, p99 of ${moves} moves`,
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
