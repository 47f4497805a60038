import type { Figure, FigureContext, FigureReport } from "../figure.ts";
import { destinationAt } from "../network.ts";
import { buildOriginal } from "../original/build.ts";
import type { ContestantName, Destination } from "../processes/contestants.ts";
import { type OptionalProgram, LOCATIONS, pathOfProgram } from "../programs.ts";
import { type Entrant, type Scale, playRounds } from "../rounds.ts";
import { startUnbound } from "../unbound.ts";
import { startProgram, startWorker } from "../worker.ts";
import { type Comparison, compare } from "./race.ts";
import { messageOf } from "../../../command-line/error-text.ts";

const IN_GO = "the original, in Go";
const IN_NODE = "resolveSrv + net.connect";
const contestants: readonly ContestantName[] = ["srv-dialer, warm", "srv-dialer, cold", IN_NODE];

const comparedWithGo: readonly Comparison[] = [
  {
    title: "warm connect / the original in Go, which queries unbound each time",
    entrant: "srv-dialer, warm",
    base: IN_GO,
  },
  {
    title: "cold connect / the original in Go, both query unbound",
    entrant: "srv-dialer, cold",
    base: IN_GO,
  },
];
const comparedWithNode: readonly Comparison[] = [
  {
    title: "cold connect / the original on Node's resolver, both query unbound",
    entrant: "srv-dialer, cold",
    base: IN_NODE,
  },
];

const FULL: Scale = { generations: 4, warmUp: 1_000, rounds: 8, connects: 100 };
const QUICK: Scale = { generations: 1, warmUp: 200, rounds: 4, connects: 50 };

/** The original dialer in Go, and a real resolver on the same machine. */
export const unboundFigure: Figure = { name: "unbound", measure };

async function measure(context: FigureContext): Promise<readonly FigureReport[]> {
  const { signal } = context;
  await using tcpServer = startWorker("tcp-server.ts", signal);
  const tcpPort = await tcpServer.call<number>("listen");
  const started = await orReason("unbound", signal, (path) => startUnbound(path, tcpPort, signal));
  if (typeof started === "string") return skip([...comparedWithGo, ...comparedWithNode], started);
  await using resolver = started;

  const destination = destinationAt(resolver.dns, tcpPort);
  const inNode: Entrant[] = contestants.map((contestant) => ({
    name: contestant,
    preparation: { contestant, destination },
  }));
  const built = await orReason("go", signal, (path) => buildOriginal(path, signal));
  if (typeof built === "string") {
    return [...skip(comparedWithGo, built), ...(await play(inNode, comparedWithNode, context))];
  }
  using original = built;
  const entrants = [...inNode, inGo(original.program, destination)];
  return await play(entrants, [...comparedWithGo, ...comparedWithNode], context);
}

/** The result of `make`, or the reason why it failed: the program is missing, or does not work on this machine. */
async function orReason<T>(
  name: OptionalProgram,
  signal: AbortSignal,
  make: (path: string) => Promise<T>,
): Promise<T | string> {
  const path = pathOfProgram(name);
  if (path === undefined)
    return `${name} is not installed: not on PATH, not at ${LOCATIONS[name][1]}`;
  try {
    return await make(path);
  } catch (error) {
    signal.throwIfAborted();
    const reason = messageOf(error);
    return reason.replaceAll(/\s*\n\s*/g, "; ");
  }
}

function inGo(program: string, destination: Destination): Entrant {
  return {
    name: IN_GO,
    preparation: { contestant: IN_NODE, destination },
    start: (signal) => startProgram(program, signal),
  };
}

async function play(
  entrants: readonly Entrant[],
  comparisons: readonly Comparison[],
  { quick, random, signal }: FigureContext,
): Promise<readonly FigureReport[]> {
  const times = await playRounds({ entrants, ...(quick ? QUICK : FULL), random, signal });
  return compare("unbound", times, comparisons);
}

function skip(comparisons: readonly Comparison[], reason: string): FigureReport[] {
  return comparisons.map(({ title }) => ({ name: "unbound", title, skipped: reason }));
}
