/** The effect of an upgrade on Redis, worst first. */
export type Effect =
  | "loses data"
  | "leaves data"
  | "does not start"
  | "restarts"
  | "may restart"
  | "cut off"
  | "unknown"
  | "none";

/** A notice about an upgrade, with advice. */
export interface Notice {
  readonly effect: Effect | "address" | "refused" | "state";
  readonly address: string;
  readonly what: string;
  readonly advice: string;
}

const ORDER: readonly Effect[] = [
  "loses data",
  "leaves data",
  "does not start",
  "restarts",
  "may restart",
  "cut off",
  "unknown",
];

/** The worst effect of all notices. */
export const effectOf = (notices: readonly Notice[]): Effect =>
  ORDER.find((effect) => notices.some((notice) => notice.effect === effect)) ?? "none";

/** Sorts the worst first. */
export const worstFirst = (one: Notice, other: Notice): number => rank(one) - rank(other);

function rank({ effect }: Notice): number {
  const index = ORDER.indexOf(effect as Effect);
  return index === -1 ? ORDER.length : index;
}
