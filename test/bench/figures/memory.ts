import type { Entry, Figure, FigureContext, FigureReport } from "../figure.ts";
import { startNetwork } from "../network.ts";
import type { Retained, Retention } from "../processes/memory.ts";
import { slopeOf, spreadOf } from "../statistics.ts";
import { Worker } from "../worker.ts";

const NAME = "bench.test";
const REFUSED = "refused.bench.test";
const TARGET = "target.bench.test";
const ADDRESS = "127.0.0.1";
/** Nobody listens on a port that only root may take, and few know (RFC 1078, obsolete). */
const CLOSED_PORT = 1;
const SAMPLES = 10;
/** Bytes a connect that count as flat: no object is as small, and samples differ by more. */
const FLAT = 10;
/** ms */
const LONGEST_RUN = 300_000;

/** What is left in memory, and open, after many connects. */
export const memoryFigure: Figure = { name: "memory", measure };

async function measure({ quick, signal }: FigureContext): Promise<readonly FigureReport[]> {
  const connects = quick ? 5_000 : 100_000;
  await using network = await startNetwork(signal, (port) => ({
    additional: false,
    srv: {
      [NAME]: [{ target: TARGET, port, ttl: 60 }],
      [REFUSED]: [{ target: TARGET, port: CLOSED_PORT, ttl: 60 }],
    },
    a: { [TARGET]: ADDRESS },
  }));
  const { dns: server, tcpPort: port } = network;
  const destination = {
    server,
    name: NAME,
    target: TARGET,
    address: ADDRESS,
    port,
    family: "both" as const,
  };
  const measured: { contestant: string; growth: number; opened: number }[] = [];
  for (const contestant of ["srv-dialer", "net.connect"] as const) {
    signal.throwIfAborted();
    await using worker = new Worker("memory.ts", signal, ["--expose-gc"]);
    const retention = { contestant, destination, refused: REFUSED, connects, samples: SAMPLES };
    const { bytes, resources } = await worker.call<Retained>(
      "retain",
      retention satisfies Retention,
      LONGEST_RUN,
    );
    const growth = (slopeOf(bytes) * SAMPLES) / connects;
    measured.push({ contestant, growth, opened: resources[1] - resources[0] });
  }
  const entries = (pick: "growth" | "opened", unit: string): Entry[] =>
    measured.map((each) => ({
      contestant: each.contestant,
      measured: spreadOf([each[pick]]),
      unit,
    }));
  const [ours] = measured;
  const after = `after ${connects} connects`;
  return [
    {
      name: "memory",
      title: `memory retained a connect, ${after}`,
      value: ours?.growth ?? Number.NaN,
      unit: "B",
      goal: FLAT,
      entries: entries("growth", "B"),
    },
    {
      name: "handles",
      title: `handles left open ${after}`,
      value: ours?.opened ?? Number.NaN,
      unit: "",
      goal: 0,
      entries: entries("opened", ""),
    },
  ];
}
