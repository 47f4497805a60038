import type { Figure, FigureContext, FigureReport } from "../figure.ts";
import { startNetwork } from "../network.ts";
import type { Preparation } from "../processes/connects.ts";
import type { ContestantName } from "../processes/contestants.ts";
import { spreadOf } from "../statistics.ts";
import { Worker } from "../worker.ts";

const NAME = "bench.test";
const TARGET = "target.bench.test";
const ADDRESS = "127.0.0.1";
/** Seconds; more than the connects take, and what the dialer keeps at most. */
const TTL = 60;

const contestants: readonly ContestantName[] = ["srv-dialer, warm", "resolveSrv + net.connect"];

/** DNS queries for connects within one TTL. */
export const queriesFigure: Figure = {
  name: "queries",
  measure: async (context) => [await countQueries(context)],
};

async function countQueries({ quick, signal }: FigureContext): Promise<FigureReport> {
  await using network = await startNetwork(signal, (port) => ({
    additional: false,
    srv: { [NAME]: [{ target: TARGET, port, ttl: TTL }] },
    a: { [TARGET]: ADDRESS },
  }));
  const connects = quick ? 500 : 10_000;
  const entries = [];
  for (const contestant of contestants) {
    signal.throwIfAborted();
    await using worker = new Worker("connects.ts", signal);
    const { dns: server, tcpPort: port } = network;
    const destination = {
      server,
      name: NAME,
      target: TARGET,
      address: ADDRESS,
      port,
      family: "both" as const,
    };
    await network.dnsServer.call("takeQueries");
    await worker.call("prepare", { contestant, destination } satisfies Preparation);
    await worker.call("round", connects);
    const queries = await network.dnsServer.call<number>("takeQueries");
    entries.push({ contestant, measured: spreadOf([queries]), unit: "" });
  }
  return {
    name: "queries",
    title: `DNS queries for ${connects} connects within a TTL`,
    value: entries[0]?.measured.median ?? Number.NaN,
    unit: "",
    goal: 3,
    entries,
  };
}
