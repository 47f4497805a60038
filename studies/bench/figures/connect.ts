import type { Figure, FigureContext, FigureReport } from "../figure.ts";
import { startNetwork } from "../network.ts";
import type { ContestantName } from "../processes/contestants.ts";
import type { Zone } from "../processes/dns-server.ts";
import { type Entrant, type Scale, playRounds } from "../rounds.ts";
import { type Comparison, compare } from "./race.ts";

interface Race {
  readonly name: string;
  readonly contestants: readonly ContestantName[];
  readonly comparisons: readonly Comparison[];
  readonly zone?: Partial<Zone>;
  /** Delay of DNS after the warm-up, in ms. @default 0 */
  readonly delay?: number;
  readonly scale: Scale;
}

/** The same code as `net.connect`, to see how much two processes of the same code differ. */
const AGAIN = "net.connect, again";

/** Many generations, because two processes of the same code differ more than two rounds of one process. */
const WARM: Scale = { generations: 12, warmUp: 1_500, rounds: 10, connects: 60 };
/** Each connect takes long, mostly for DNS. The warm-up is without the delay. */
const FAR: Scale = { generations: 3, warmUp: 2_000, rounds: 6, connects: 100 };
const QUICK: Scale = { generations: 1, warmUp: 200, rounds: 4, connects: 50 };
/** Delay of a resolver on another machine of the network, in ms. */
const NETWORK_DELAY = 1;

const warm: Race = {
  name: "warm",
  contestants: ["srv-dialer, warm", "net.connect"],
  comparisons: [
    {
      title: "warm connect / net.connect",
      entrant: "srv-dialer, warm",
      base: "net.connect",
      goal: { most: 1.1 },
    },
    {
      title: "net.connect / itself, in two processes",
      entrant: AGAIN,
      base: "net.connect",
      goal: { around: 1, within: 0.02 },
    },
  ],
  scale: WARM,
};

const cold: readonly Race[] = [
  {
    name: "cold-network",
    contestants: ["srv-dialer, cold", "resolveSrv + net.connect"],
    comparisons: [coldComparison("DNS 1 ms away", 1.05)],
    delay: NETWORK_DELAY,
    scale: FAR,
  },
  {
    name: "cold-additional-network",
    contestants: ["srv-dialer, cold", "resolveSrv + net.connect"],
    comparisons: [coldComparison("DNS 1 ms away, addresses with the answer", 0.65)],
    zone: { additional: true },
    delay: NETWORK_DELAY,
    scale: FAR,
  },
];

function coldComparison(where: string, most: number): Comparison {
  return {
    title: `cold connect / the original, ${where}`,
    entrant: "srv-dialer, cold",
    base: "resolveSrv + net.connect",
    goal: { most },
  };
}

export const warmFigure = figureOf(warm);
export const coldFigures: readonly Figure[] = cold.map(figureOf);

function figureOf(race: Race): Figure {
  return { name: race.name, measure: (context) => run(race, context) };
}

async function run(
  { name, contestants, comparisons, zone, delay = 0, scale }: Race,
  { quick, random, signal }: FigureContext,
): Promise<readonly FigureReport[]> {
  await using network = await startNetwork(signal, () => zone ?? {});
  const { destination, dnsServer } = network;
  const entrants: Entrant[] = contestants.map((contestant) => ({
    name: contestant,
    preparation: { contestant, destination },
  }));
  if (comparisons.some(({ entrant }) => entrant === AGAIN)) {
    entrants.push({ name: AGAIN, preparation: { contestant: "net.connect", destination } });
  }
  const times = await playRounds({
    entrants,
    ...(quick ? QUICK : scale),
    random,
    signal,
    onPrepared: () => dnsServer.call("setDelay", 0),
    onWarm: () => dnsServer.call("setDelay", delay),
  });
  return compare(name, times, comparisons);
}
