import type { Figure, FigureContext, FigureReport } from "../figure.ts";
import { startNetwork } from "../network.ts";
import type { ContestantName, Destination } from "../processes/contestants.ts";
import { playRounds, ratios } from "../rounds.ts";
import { spreadOf } from "../statistics.ts";

interface Race {
  readonly name: string;
  readonly title: string;
  readonly contestant: ContestantName;
  /** What the contestant's time is divided by. */
  readonly base: ContestantName;
  /** Measured beside them. */
  readonly peers?: readonly ContestantName[];
  readonly goal: number;
  readonly family: Destination["family"];
  /** The target's address comes with the SRV answer. */
  readonly additional: boolean;
  /** ms that a DNS answer takes. @default as little as the server can */
  readonly delay?: number;
}

const NAME = "bench.test";
const TARGET = "target.bench.test";
const ADDRESS = "127.0.0.1";

const races: readonly Race[] = [
  {
    name: "warm",
    title: "warm connect / net.connect",
    contestant: "srv-dialer, warm",
    base: "net.connect",
    peers: ["resolveSrv + net.connect"],
    goal: 1.2,
    family: "both",
    additional: false,
  },
  {
    name: "cold",
    peers: ["bare sockets"],
    title: "cold connect / the original",
    contestant: "srv-dialer, cold",
    base: "resolveSrv + net.connect",
    goal: 1,
    family: "both",
    additional: false,
  },
  {
    name: "cold-ipv4",
    peers: ["bare sockets"],
    title: "cold connect / the original, IPv4 alone",
    contestant: "srv-dialer, cold",
    base: "resolveSrv + net.connect",
    goal: 1,
    family: 4,
    additional: false,
  },
  {
    name: "cold-additional",
    title: "cold connect / the original, addresses with the answer",
    contestant: "srv-dialer, cold",
    base: "resolveSrv + net.connect",
    goal: 0.75,
    family: "both",
    additional: true,
  },
  {
    name: "cold-network",
    title: "cold connect / the original, DNS 1 ms away",
    contestant: "srv-dialer, cold",
    base: "resolveSrv + net.connect",
    goal: 1,
    family: "both",
    additional: false,
    delay: 1,
  },
  {
    name: "cold-additional-network",
    title: "cold connect / the original, addresses with the answer, DNS 1 ms away",
    contestant: "srv-dialer, cold",
    base: "resolveSrv + net.connect",
    goal: 0.75,
    family: "both",
    additional: true,
    delay: 1,
  },
];

export const connectFigures: readonly Figure[] = races.map((race) => ({
  name: race.name,
  measure: async (context) => [await run(race, context)],
}));

async function run(race: Race, { quick, random, signal }: FigureContext): Promise<FigureReport> {
  const { name, title, goal, contestant, base, peers = [], family, additional, delay } = race;
  await using network = await startNetwork(signal, (port) => ({
    additional,
    ...(delay === undefined ? {} : { delay }),
    srv: { [NAME]: [{ target: TARGET, port, ttl: 60 }] },
    a: { [TARGET]: ADDRESS },
  }));
  const server = network.dns;
  const times = await playRounds({
    contestants: [contestant, base, ...peers],
    destination: {
      server,
      name: NAME,
      target: TARGET,
      address: ADDRESS,
      port: network.tcpPort,
      family,
    },
    ...scaleOf(quick, delay),
    random,
    signal,
  });
  const spread = spreadOf(ratios(times, contestant, base));
  const entries = [...times].map(([each, sample]) => ({
    contestant: each,
    measured: spreadOf(sample),
    unit: "µs",
  }));
  return { name, title, value: spread.median, spread, unit: "×", goal, entries };
}

/** How much is measured; with a delay each connect takes long, and the code is little of it. */
function scaleOf(quick: boolean, delay: number | undefined) {
  if (quick) return { generations: 1, warmUp: 200, rounds: 4, connects: 50 };
  if (delay !== undefined) return { generations: 2, warmUp: 300, rounds: 6, connects: 100 };
  return { generations: 3, warmUp: 1_500, rounds: 8, connects: 200 };
}
