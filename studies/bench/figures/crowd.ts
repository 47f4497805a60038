import { setTimeout as sleep } from "node:timers/promises";
import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import type { Figure, FigureContext, FigureReport } from "../figure.ts";
import { NAME, startNetwork } from "../network.ts";
import type { Crowd } from "../processes/crowd.ts";
import { quantile, spreadOf } from "../statistics.ts";
import { startWorker } from "../worker.ts";

/** Calls of one dialer that wait for a record. */
const CALLS = 1000;
/** How long the record is missing, in ms. */
const MISSING = { least: 300, most: 2_300 };

/** The time from a new record to the first served command, while many calls wait for it. */
export const crowdFigure: Figure = { name: "crowd", measure };

async function measure(context: FigureContext): Promise<readonly FigureReport[]> {
  const { quick, random, signal } = context;
  await using network = await startNetwork(signal, () => ({ additional: true, srv: {}, a: {} }));
  const { dnsServer, destination } = network;
  await using worker = startWorker("crowd.ts", signal);
  const redis = await startRedis();
  const waits: number[] = [];
  try {
    const { servers } = destination;
    await worker.call("start", { name: NAME, servers, calls: CALLS } satisfies Crowd);
    const records = [{ target: "127.0.0.1", port: redis.port, ttl: 1 }];
    for (let done = 0; done < (quick ? 10 : 100); done++) {
      await dnsServer.call("setSrv", { name: NAME, records: [] });
      // A record of the round before has expired by then.
      if (done > 0) await sleep(1_100, undefined, { signal });
      const served = worker.call<number>("firstReply");
      // It is awaited below; until then, a rejection must not count as unhandled.
      served.catch(() => {});
      await sleep(MISSING.least + random() * (MISSING.most - MISSING.least), undefined, { signal });
      const visible = await dnsServer.call<number>("setSrv", { name: NAME, records });
      waits.push((await served) - visible);
    }
  } finally {
    await redis.stop();
  }
  return [
    {
      name: "crowd",
      title: `new record visible → first command served, p99 of ${waits.length} rounds, ${CALLS} calls wait`,
      value: quantile(waits, 0.99),
      unit: "ms",
      goal: { most: 120 },
      entries: [{ contestant: "createSrvDialer", measured: spreadOf(waits), unit: "ms" }],
    },
  ];
}
