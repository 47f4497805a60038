import type { ContestantName, Destination } from "./processes/contestants.ts";
import type { Preparation } from "./processes/connects.ts";
import { shuffled } from "./statistics.ts";
import { Worker } from "./worker.ts";

export interface RoundsOptions {
  readonly contestants: readonly ContestantName[];
  readonly destination: Destination;
  /** How often the contestants are started anew: a process may be compiled or laid out luckily. */
  readonly generations: number;
  /** Connects before the first round: they compile the code, and count for nothing. */
  readonly warmUp: number;
  readonly rounds: number;
  /** Connects in a round. */
  readonly connects: number;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/** Of each contestant the median µs of a connect, one a round; equal indexes are the same round. */
export type RoundTimes = ReadonlyMap<ContestantName, readonly number[]>;

/**
 * Lets contestants connect in turn, in an order drawn anew each round, so that what slows the
 * machine for a while slows all of them.
 */
export async function playRounds(options: RoundsOptions): Promise<RoundTimes> {
  const times = new Map(options.contestants.map((contestant) => [contestant, [] as number[]]));
  for (let generation = 0; generation < options.generations; generation++) {
    await playGeneration(options, times);
  }
  return times;
}

async function playGeneration(
  { contestants, destination, warmUp, rounds, connects, random, signal }: RoundsOptions,
  times: Map<ContestantName, number[]>,
): Promise<void> {
  const workers = contestants.map((contestant) => ({
    contestant,
    worker: new Worker("connects.ts", signal),
  }));
  try {
    for (const { contestant, worker } of workers) {
      await worker.call("prepare", { contestant, destination } satisfies Preparation);
      await worker.call<number>("round", warmUp);
    }
    for (let round = 0; round < rounds; round++) {
      for (const { contestant, worker } of shuffled(workers, random)) {
        signal.throwIfAborted();
        times.get(contestant)?.push(await worker.call<number>("round", connects));
      }
    }
  } finally {
    await Promise.all(workers.map(({ worker }) => worker[Symbol.asyncDispose]()));
  }
}

/** The ratio of two contestants in each round. */
export function ratios(
  times: RoundTimes,
  contestant: ContestantName,
  base: ContestantName,
): number[] {
  const bases = times.get(base) ?? [];
  return (times.get(contestant) ?? []).map((time, round) => time / (bases[round] ?? Number.NaN));
}
