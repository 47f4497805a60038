import type { Figure, FigureContext, FigureReport, Goal } from "../figure.ts";
import { NAME, TARGET, startNetwork } from "../network.ts";
import type { Retained, Retention } from "../processes/memory.ts";
import { slopeOf, spreadOf } from "../statistics.ts";
import { startWorker } from "../worker.ts";

const REFUSED = "refused.bench.test";
/** Nobody listens on a port that only root may take, and few know (RFC 1078, obsolete). */
const CLOSED_PORT = 1;
const SAMPLES = 10;
/** Bytes a connect that count as flat: no object is as small, and samples differ by more. */
const FLAT = 10;
/** ms */
const LONGEST_RUN = 300_000;

const OURS = "srv-dialer";
const OURS_WITH_SIGNAL = "srv-dialer, one signal";
const BARE = "net.connect";

interface Left {
  readonly contestant: string;
  /** Bytes a connect. */
  readonly growth: number;
  /** Handles and requests. */
  readonly opened: number;
}

/** What is left in memory, and open, after many connects. */
export const memoryFigure: Figure = { name: "memory", measure };

async function measure({ quick, signal }: FigureContext): Promise<readonly FigureReport[]> {
  const connects = quick ? 5_000 : 100_000;
  await using network = await startNetwork(signal, (port) => ({
    srv: {
      [NAME]: [{ target: TARGET, port, ttl: 60 }],
      [REFUSED]: [{ target: TARGET, port: CLOSED_PORT, ttl: 60 }],
    },
  }));
  const all: Left[] = [];
  for (const contestant of [OURS, OURS_WITH_SIGNAL, BARE]) {
    signal.throwIfAborted();
    const retention: Retention = {
      contestant: contestant === BARE ? "net.connect" : "srv-dialer",
      destination: { ...network.destination, oneSignal: contestant === OURS_WITH_SIGNAL },
      refused: REFUSED,
      connects,
      samples: SAMPLES,
    };
    all.push({ contestant, ...(await leftBy(retention, signal)) });
  }
  return [
    ...reports("memory", `memory retained a connect, after ${connects} connects`, {
      all,
      pick: ({ growth }) => growth,
      unit: "B",
      goal: { most: FLAT },
    }),
    ...reports("handles", `handles left open after ${connects} connects`, {
      all,
      pick: ({ opened }) => opened,
      unit: "",
      goal: { most: 0 },
    }),
  ];
}

async function leftBy(
  retention: Retention,
  signal: AbortSignal,
): Promise<Omit<Left, "contestant">> {
  await using worker = startWorker("memory.ts", signal, ["--expose-gc"]);
  const { bytes, resources } = await worker.call<Retained>("retain", retention, LONGEST_RUN);
  return {
    growth: (slopeOf(bytes) * retention.samples) / retention.connects,
    opened: resources[1] - resources[0],
  };
}

interface Reading {
  readonly all: readonly Left[];
  readonly pick: (left: Left) => number;
  readonly unit: string;
  readonly goal: Goal;
}

/** A figure without a signal and one with; what every contestant left stands with the first. */
function reports(
  name: string,
  title: string,
  { all, pick, unit, goal }: Reading,
): readonly FigureReport[] {
  const entries = all.map((left) => ({
    contestant: left.contestant,
    measured: spreadOf([pick(left)]),
    unit,
  }));
  const valueOf = (which: string): number =>
    entries.find(({ contestant }) => contestant === which)?.measured.median ?? Number.NaN;
  const common = { name, unit, goal };
  return [
    { ...common, title, value: valueOf(OURS), entries },
    {
      ...common,
      title: `${title}, one signal for all`,
      value: valueOf(OURS_WITH_SIGNAL),
      entries: [],
    },
  ];
}
