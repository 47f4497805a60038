import type { Preparation } from "./processes/connects.ts";
import { quantile, shuffled } from "./statistics.ts";
import { type Worker, startWorker } from "./worker.ts";

/** A contestant in one race, in its own process. */
export interface Entrant {
  /** Name in the table. */
  readonly name: string;
  readonly preparation: Preparation;
}

export interface Scale {
  /** Number of times the processes are started: each is compiled and laid out a little differently. */
  readonly generations: number;
  /** Connects before the first round. They compile the code, and do not count. */
  readonly warmUp: number;
  readonly rounds: number;
  /** Connects per round. */
  readonly connects: number;
}

export interface RoundsOptions extends Scale {
  readonly entrants: readonly Entrant[];
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Before the first connect of each generation. */
  readonly onPrepared?: (workers: ReadonlyMap<string, Worker>) => Promise<void>;
  /** After the warm-up of each generation. */
  readonly onWarm?: (workers: ReadonlyMap<string, Worker>) => Promise<void>;
}

/** The µs of every connect, by entrant and round. Equal indexes are the same round. */
export type RoundTimes = ReadonlyMap<string, readonly (readonly number[])[]>;

/** Lets the entrants connect in turn. */
export async function playRounds(options: RoundsOptions): Promise<RoundTimes> {
  const times = new Map(options.entrants.map(({ name }) => [name, [] as number[][]]));
  for (let generation = 0; generation < options.generations; generation++) {
    await playGeneration(options, times);
  }
  return times;
}

async function playGeneration(
  options: RoundsOptions,
  times: ReadonlyMap<string, number[][]>,
): Promise<void> {
  const { entrants, warmUp, rounds, connects, random, signal } = options;
  const workers = new Map(
    entrants.map(({ name }) => [name, startWorker("connects.ts", signal)] as const),
  );
  const connect = async (name: string, count: number): Promise<readonly number[]> => {
    signal.throwIfAborted();
    return (await workers.get(name)?.call<number[]>("connect", count)) ?? [];
  };
  try {
    for (const { name, preparation } of entrants) {
      await workers.get(name)?.call("prepare", preparation);
    }
    await options.onPrepared?.(workers);
    for (const name of shuffled([...workers.keys()], random)) await connect(name, warmUp);
    await options.onWarm?.(workers);
    for (let round = 0; round < rounds; round++) {
      const taken = new Map(entrants.map(({ name }) => [name, [] as number[]]));
      for (const name of thereAndBack(shuffled([...workers.keys()], random))) {
        taken.get(name)?.push(...(await connect(name, Math.ceil(connects / 2))));
      }
      for (const [name, sample] of taken) times.get(name)?.push(sample);
    }
  } finally {
    await Promise.all([...workers.values()].map((worker) => worker[Symbol.asyncDispose]()));
  }
}

/**
 * The order of a round: each entrant makes half of its connects on the way there, half on the way back. A steady change
 * of the machine's speed then affects all entrants equally.
 */
function thereAndBack<T>(order: readonly T[]): T[] {
  return [...order, ...order.toReversed()];
}

/** The median µs of a connect, for each round. */
export function mediansOf(times: RoundTimes, name: string): number[] {
  return (times.get(name) ?? []).map((sample) => quantile(sample, 0.5));
}

/** The ratio of the medians of two entrants in each round. */
export function ratios(times: RoundTimes, name: string, base: string): number[] {
  const bases = mediansOf(times, base);
  return mediansOf(times, name).map((time, round) => time / (bases[round] ?? Number.NaN));
}
