import { FAULTS } from "../ecs/base/fault-primitives.ts";
import { randomOf } from "../plays/stage/random.ts";
import { type MoveName, MOVES, SOAK_FAULTS, soakFault } from "./faults.ts";

const MINUTE = 60_000;

/** Milliseconds between the starts of two rounds. A longer round delays the next. */
export const ROUND = 6_000;

/** A round: a move of Redis and other faults. Times are ms from the round's start. */
export interface Round {
  /** From 1. */
  readonly number: number;
  readonly move: { readonly name: MoveName; readonly after: number };
  readonly faults: readonly PlannedFault[];
}

export interface PlannedFault {
  readonly name: string;
  readonly after: number;
  /** The duration until the repair; 0 for a fault without one. */
  readonly lasts: number;
}

/** The delay of a fault in its round. */
const AFTER = { move: { least: 0, most: 800 }, fault: { least: 0, most: 2_000 } };
const LASTS = { least: 300, most: 3_000 };
/** The share of rounds, of ten, by number of faults. */
const FAULTS_OF_TEN = [0, 0, 0, 1, 1, 1, 1, 1, 2, 2];

/** The length of a soak: rounds that begin within a number of minutes, or a number of moves. */
export type Length = { readonly minutes: number } | { readonly moves: number };

export interface Schedule {
  readonly rounds: readonly Round[];
  /** Milliseconds after which no round begins. */
  readonly within: number;
}

/** Each round has one move. Plans as many rounds as fit into the minutes; a slow machine plays fewer. */
export function planned(seed: number, length: Length): Schedule {
  if ("moves" in length) return { rounds: scheduleOf(seed, length.moves), within: Infinity };
  const within = length.minutes * MINUTE;
  return { rounds: scheduleOf(seed, within / ROUND), within };
}

/** The rounds of a soak. Only the seed determines them. */
export function scheduleOf(seed: number, rounds: number): Round[] {
  const random = randomOf(seed, "soak: schedule");
  const moves = endless(random, movesOfTen());
  const counts = endless(random, FAULTS_OF_TEN);
  const faults = endless(random, Object.keys(SOAK_FAULTS));
  const within = ({ least, most }: { least: number; most: number }): number =>
    whole(least + random() * (most - least));
  return Array.from({ length: rounds }, (_, index) => {
    const name = moves();
    return {
      number: index + 1,
      move: { name, after: within(AFTER.move) },
      faults: distinctParts(Array.from({ length: counts() }, faults))
        .filter(allowedBeside(name))
        .map((fault) => ({
          name: fault,
          after: within(AFTER.fault),
          lasts: soakFault(fault).lasts ? within(LASTS) : 0,
        })),
    };
  });
}

/** A frozen Redis writes nothing to its file, so its end may then lose more than the last two seconds. */
const allowedBeside =
  (move: MoveName) =>
  (fault: string): boolean =>
    (move !== "lose-host" && move !== "kill") || fault !== FAULTS.freeze.command;

function movesOfTen(): MoveName[] {
  return (Object.keys(MOVES) as MoveName[]).flatMap((name) =>
    Array.from({ length: MOVES[name].ofTen }, () => name),
  );
}

/** Keeps the first of two faults of the same part. */
function distinctParts(names: readonly string[]): string[] {
  const parts = names.map((name) => soakFault(name).part);
  return names.filter((name, index) => parts.indexOf(soakFault(name).part) === index);
}

/** Draws all items in random order, then again. */
function endless<T>(random: () => number, all: readonly T[]): () => T {
  const left: T[] = [];
  return () => {
    if (left.length === 0) left.push(...all);
    const [chosen] = left.splice(Math.floor(random() * left.length), 1);
    return chosen as T;
  };
}

/** Rounds to tenths of a second, for readability. */
const whole = (milliseconds: number): number => Math.round(milliseconds / 100) * 100;

/** A round on one line: `12  +0.3 s drain   +1.2 s dns-down for 2.4 s`. */
export function roundLine({ number, move, faults }: Round): string {
  const words = faults.map(({ name, after, lasts }) =>
    [at(after), name, ...(lasts > 0 ? [`for ${(lasts / 1_000).toFixed(1)} s`] : [])].join(" "),
  );
  return [String(number).padStart(5), `${at(move.after)} ${move.name}`.padEnd(18), ...words]
    .join("  ")
    .trimEnd();
}

const at = (milliseconds: number): string => `+${(milliseconds / 1_000).toFixed(1)} s`;
