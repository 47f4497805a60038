import type { ContestantName, Destination } from "./contestants.ts";
import { type Goal, type Row, type Run, ratioRow } from "./rows.ts";
import { quantile, shuffled } from "./statistics.ts";
import { type Worker, startWorker } from "./worker.ts";

/** A contestant. Each generation has a new process for it. */
export interface Entrant {
  readonly contestant: ContestantName;
  readonly destination: Destination;
  /** The µs of each connect, by round. */
  readonly rounds: number[][];
  worker?: Worker<"contestant.ts">;
}

export function entrant(contestant: ContestantName, destination: Destination): Entrant {
  return { contestant, destination, rounds: [] };
}

/** @returns the µs of each connect */
export async function connect({ worker }: Entrant, count: number): Promise<readonly number[]> {
  return (await worker?.call("timesOf", count)) ?? [];
}

export interface Scale {
  /** How often new processes are started: each is compiled and laid out a little differently. */
  readonly generations: number;
  /** Connects before the first round. They compile the code, and do not count. */
  readonly warmUp: number;
  readonly rounds: number;
  /** Connects per round. */
  readonly connects: number;
}

const QUICK: Scale = { generations: 1, warmUp: 200, rounds: 4, connects: 50 };

/** Called in each generation: before the first connect, and after the warm-up. */
type Hooks = { onPrepared?: () => Promise<unknown>; onWarm?: () => Promise<unknown> };

/**
 * Lets the entrants connect in turn, in a new random order each round. Each makes half of its connects on the way there,
 * half on the way back: a steady change of the machine's speed then affects all equally.
 */
export async function playRounds(
  entrants: readonly Entrant[],
  scale: Scale,
  { quick, signal }: Run,
  { onPrepared, onWarm }: Hooks = {},
): Promise<void> {
  const { generations, warmUp, rounds, connects } = quick ? QUICK : scale;
  for (let generation = 0; generation < generations; generation++) {
    for (const each of entrants) {
      each.worker = startWorker("contestant.ts", signal);
      await each.worker.call("prepare", each.contestant, each.destination);
    }
    await onPrepared?.();
    for (const each of shuffled(entrants)) await connect(each, warmUp);
    await onWarm?.();
    for (let round = 0; round < rounds; round++) {
      const order = shuffled(entrants);
      for (const each of order) each.rounds.push([]);
      for (const each of [...order, ...order.toReversed()]) {
        each.rounds.at(-1)?.push(...(await connect(each, connects / 2)));
      }
    }
    for (const { worker } of entrants) await worker?.[Symbol.asyncDispose]();
  }
}

/** The ratio of the medians of two entrants. */
export function compared(title: string, ours: Entrant, base: Entrant, goal: Goal): Row {
  const medians = ({ rounds }: Entrant) => rounds.map((round) => quantile(round, 0.5));
  return ratioRow(title, [medians(ours), medians(base)], goal);
}
