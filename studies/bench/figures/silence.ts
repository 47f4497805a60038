import { setTimeout as sleep } from "node:timers/promises";
import type { Figure, FigureContext, FigureReport, MeasuredFigure } from "../figure.ts";
import { startNetwork } from "../network.ts";
import { type RoundTimes, type Scale, playRounds } from "../rounds.ts";
import { startWorker } from "../worker.ts";
import { compare } from "./race.ts";

/** µs; longer than any dial on loopback, and half of the wait for a silent server. */
const LATE = 500_000;
/** `cache.maxTtl` of the answer that expires, in ms. */
const SHORT_TTL = 100;

const FULL: Scale = { generations: 3, warmUp: 1_000, rounds: 8, connects: 100 };
/** Few connects: if each dial waits for a dead server, it takes seconds. */
const QUICK: Scale = { generations: 1, warmUp: 5, rounds: 2, connects: 6 };

const GOOD = "srv-dialer, cold";
const DEAD_FIRST = "srv-dialer, cold, first server dead";

/** The first of two name servers is silent: the first dial detects that, later dials skip that server. */
export const deadServerFigure: Figure = { name: "dead-server", measure: measureDeadServer };

async function measureDeadServer(context: FigureContext): Promise<readonly FigureReport[]> {
  const { quick, random, signal } = context;
  await using network = await startNetwork(signal);
  const { destination } = network;
  // A bound port that never answers; the kernel would report a closed port.
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
    title: "later cold connects, first name server dead / none dead",
    late: "later cold connects, first name server dead",
    entrant: DEAD_FIRST,
    base: GOOD,
    most: 1.1,
    first,
  });
}

const WARM = "srv-dialer, warm";
const STALE = "srv-dialer, answer stale, all servers dead";

/** All name servers become silent, and the answer expires: dials use the stale answer without waiting. */
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
    // A stale answer costs more: it is published on its channel and refreshed in the background.
    most: 1.25,
    first,
  });
}

export interface Case {
  readonly title: string;
  /** Title of the count of late dials. */
  readonly late: string;
  readonly entrant: string;
  readonly base: string;
  readonly most: number;
  /** µs of the dial that detects the silent servers, for each generation. It is not judged. */
  readonly first: readonly number[];
}

/**
 * The ratio of medians, and the number of late dials, because a median does not show a single late dial.
 * @throws if a first dial did not wait: then the servers were not silent, so the figures are wrong
 */
export function judge(
  name: string,
  times: RoundTimes,
  { title, late, entrant, base, most, first }: Case,
): MeasuredFigure[] {
  const fastest = Math.min(...first);
  if (!(first.length > 0 && fastest > LATE)) {
    throw new Error(
      `${name}: a first dial took ${fastest / 1_000} ms; expected over ${LATE / 1_000} ms, because it waits for the silent server`,
    );
  }
  const figures = compare(name, times, [{ title, entrant, base, goal: { most } }]);
  const dials = (times.get(entrant) ?? []).flat();
  const longest = Math.max(...dials) / 1_000;
  const firsts = Math.max(...first) / 1_000;
  const note = `first dial ${firsts.toFixed(0)} ms, longest later dial ${longest.toFixed(1)} ms`;
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
