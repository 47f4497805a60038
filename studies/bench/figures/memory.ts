import type { Figure, FigureContext, FigureReport, Goal } from "../figure.ts";
import { NAME, TARGET, startNetwork } from "../network.ts";
import type { Retained, Retention } from "../processes/memory.ts";
import { slopeOf, spreadOf } from "../statistics.ts";
import { startWorker } from "../worker.ts";

const REFUSED = "refused.bench.test";
/** TCPMUX, a privileged port of an obsolete protocol (RFC 1078), so nothing listens there. */
const CLOSED_PORT = 1;
const SAMPLES = 10;
/** Bytes per connect that count as no growth: less than an object, and than the noise of a sample. */
const NO_GROWTH = 10;
/** ms */
const TIMEOUT = 300_000;

const OURS = "srv-dialer";
const OURS_WITH_SIGNAL = "srv-dialer, one signal";
const BARE = "net.connect";

interface Remaining {
  readonly contestant: string;
  /** Bytes per connect. */
  readonly growth: number;
  /** Handles and requests. */
  readonly opened: number;
}

/** Memory and handles that remain after many connects. */
export const memoryFigure: Figure = { name: "memory", measure };

async function measure({ quick, signal }: FigureContext): Promise<readonly FigureReport[]> {
  const connects = quick ? 5_000 : 100_000;
  await using network = await startNetwork(signal, (port) => ({
    srv: {
      [NAME]: [{ target: TARGET, port, ttl: 60 }],
      [REFUSED]: [{ target: TARGET, port: CLOSED_PORT, ttl: 60 }],
    },
  }));
  const all: Remaining[] = [];
  for (const contestant of [OURS, OURS_WITH_SIGNAL, BARE]) {
    signal.throwIfAborted();
    const retention: Retention = {
      contestant: contestant === BARE ? "net.connect" : "srv-dialer",
      destination: { ...network.destination, oneSignal: contestant === OURS_WITH_SIGNAL },
      refused: REFUSED,
      connects,
      samples: SAMPLES,
    };
    all.push({ contestant, ...(await remainingAfter(retention, signal)) });
  }
  return [
    ...reports("memory", `memory retained per connect, after ${connects} connects`, {
      all,
      pick: ({ growth }) => growth,
      unit: "B",
      goal: { most: NO_GROWTH },
    }),
    ...reports("handles", `handles left open after ${connects} connects`, {
      all,
      pick: ({ opened }) => opened,
      unit: "",
      goal: { most: 0 },
    }),
  ];
}

async function remainingAfter(
  retention: Retention,
  signal: AbortSignal,
): Promise<Omit<Remaining, "contestant">> {
  await using worker = startWorker("memory.ts", signal, ["--expose-gc"]);
  const { bytes, resources } = await worker.call<Retained>("retain", retention, TIMEOUT);
  return {
    growth: (slopeOf(bytes) * retention.samples) / retention.connects,
    opened: resources[1] - resources[0],
  };
}

interface Reading {
  readonly all: readonly Remaining[];
  readonly pick: (left: Remaining) => number;
  readonly unit: string;
  readonly goal: Goal;
}

/** A figure without a signal and one with. The first lists all contestants. */
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
