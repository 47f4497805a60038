import { ROUND, type Round, scheduleOf } from "./schedule.ts";

const MINUTE = 60_000;

/** The length of a soak: rounds that begin within a number of minutes, or a number of moves. */
export type Length = { readonly minutes: number } | { readonly moves: number };

export interface Planned {
  readonly rounds: readonly Round[];
  /** Milliseconds after which no round begins. */
  readonly within: number;
}

/** Each round has one move. Plans as many rounds as fit into the minutes; a slow machine plays fewer. */
export function planned(seed: number, length: Length): Planned {
  if ("moves" in length) return { rounds: scheduleOf(seed, length.moves), within: Infinity };
  const within = length.minutes * MINUTE;
  return { rounds: scheduleOf(seed, within / ROUND), within };
}
