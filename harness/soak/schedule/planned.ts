import { ROUND, type Round, scheduleOf } from "./schedule.ts";

const MINUTE = 60_000;

/** How long a soak is: rounds that begin within so many minutes, or so many moves. */
export type Length = { readonly minutes: number } | { readonly moves: number };

export interface Planned {
  readonly rounds: readonly Round[];
  /** Milliseconds after which no round begins any more. */
  readonly within: number;
}

/** Each round is one move. As many as have room in the minutes; on a slow machine fewer of them are played. */
export function planned(seed: number, length: Length): Planned {
  if ("moves" in length) return { rounds: scheduleOf(seed, length.moves), within: Infinity };
  const within = length.minutes * MINUTE;
  return { rounds: scheduleOf(seed, within / ROUND), within };
}
