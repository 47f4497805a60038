import { setTimeout as sleep } from "node:timers/promises";
import type { Figure, FigureContext, FigureReport, MeasuredFigure } from "../figure.ts";
import { startNetwork } from "../network.ts";
import { type RoundTimes, type Scale, playRounds } from "../rounds.ts";
import { startWorker } from "../worker.ts";
import { compare } from "./race.ts";

/** µs; no dial on loopback takes so long, and a silent server is waited for twice as long. */
const LATE = 500_000;
/** ms that the dialer keeps the answer that is to expire. */
const SHORT_TTL = 100;

const FULL: Scale = { generations: 3, warmUp: 1_000, rounds: 8, connects: 100 };
/** Few: where each dial waits for a dead server, it takes seconds. */
const QUICK: Scale = { generations: 1, warmUp: 5, rounds: 2, connects: 6 };

const GOOD = "srv-dialer, cold";
const DEAD_FIRST = "srv-dialer, cold, the first server dead";

/** The first of two name servers says nothing: the first dial finds that out, later ones know it. */
export const deadServerFigure: Figure = { name: "dead-server", measure: measureDeadServer };

async function measureDeadServer(context: FigureContext): Promise<readonly FigureReport[]> {
  const { quick, random, signal } = context;
  await using network = await startNetwork(signal);
  const { destination } = network;
  // A port that is bound: what is sent there is lost, where a closed port would be reported.
  await using dead = startWorker("dns-server.ts", signal);
  const deadPort = await dead.call<number>("listen");
  await dead.call("setSilent", true);
  const servers = [`127.0.0.1:${deadPort}`, ...destination.servers];
  const contestant = "srv-dialer, cold" as const;
  const first: number[] = [];
  const times = await playRounds({
    entrants: [
      { name: GOOD, preparation: { contestant, destination } },
      { name: DEAD_FIRST, preparation: { contestant, destination: { ...destination, servers } } },
    ],
    ...(quick ? QUICK : FULL),
    random,
    signal,
    onPrepared: async (workers) => {
      first.push(...((await workers.get(DEAD_FIRST)?.call<number[]>("connect", 1)) ?? []));
    },
  });
  return judge("dead-server", times, {
    title: "later cold connects, the first name server dead / none dead",
    late: "later cold connects, the first name server dead",
    entrant: DEAD_FIRST,
    base: GOOD,
    most: 1.1,
    first,
  });
}

const WARM = "srv-dialer, warm";
const STALE = "srv-dialer, answer stale, all servers dead";

/** All name servers fall silent, and the answer expires: it serves on, and no dial waits for them. */
export const staleFigure: Figure = { name: "stale", measure: measureStale };

async function measureStale(context: FigureContext): Promise<readonly FigureReport[]> {
  const { quick, random, signal } = context;
  await using network = await startNetwork(signal);
  const { destination, dnsServer } = network;
  const contestant = "srv-dialer, warm" as const;
  const first: number[] = [];
  const times = await playRounds({
    entrants: [
      { name: WARM, preparation: { contestant, destination } },
      {
        name: STALE,
        preparation: { contestant, destination: { ...destination, maxTtl: SHORT_TTL } },
      },
    ],
    ...(quick ? QUICK : FULL),
    random,
    signal,
    onPrepared: () => dnsServer.call("setSilent", false),
    onWarm: async (workers) => {
      await dnsServer.call("setSilent", true);
      await sleep(2 * SHORT_TTL, undefined, { signal });
      first.push(...((await workers.get(STALE)?.call<number[]>("connect", 1)) ?? []));
    },
  });
  return judge("stale", times, {
    title: "later connects, all name servers dead and the answer stale / warm",
    late: "later connects, all name servers dead and the answer stale",
    entrant: STALE,
    base: WARM,
    // A stale answer is looked for, told of on its channel, and asked for anew behind the dials.
    most: 1.25,
    first,
  });
}

export interface Case {
  readonly title: string;
  /** What the late ones of them are. */
  readonly late: string;
  readonly entrant: string;
  readonly base: string;
  readonly most: number;
  /** µs of the dial that finds the servers silent, one a generation; it is not judged. */
  readonly first: readonly number[];
}

/**
 * The ratio of medians, and a count beside it: a median does not show one dial that waited.
 * @throws when a first dial did not wait: the servers were not silent, and nothing was measured
 */
export function judge(
  name: string,
  times: RoundTimes,
  { title, late, entrant, base, most, first }: Case,
): MeasuredFigure[] {
  const soonest = Math.min(...first);
  if (!(first.length > 0 && soonest > LATE)) {
    throw new Error(
      `${name}: a first dial took ${soonest / 1_000} ms; it waits for the silent server, over ${LATE / 1_000} ms`,
    );
  }
  const figures = compare(name, times, [{ title, entrant, base, goal: { most } }]);
  const dials = (times.get(entrant) ?? []).flat();
  const longest = Math.max(...dials) / 1_000;
  const firsts = Math.max(...first) / 1_000;
  const note = `first dial ${firsts.toFixed(0)} ms, longest later one ${longest.toFixed(1)} ms`;
  return [
    ...figures.map((figure) => ({
      ...figure,
      entries: figure.entries.map((entry) =>
        entry.contestant === entrant ? { ...entry, note } : entry,
      ),
    })),
    {
      name,
      title: `${late}: over ${LATE / 1_000} ms, of ${dials.length}`,
      value: dials.filter((took) => took > LATE).length,
      unit: "",
      goal: { most: 0 },
      entries: [],
    },
  ];
}
