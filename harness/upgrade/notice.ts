/** What an upgrade does to Redis; the first that is true, from the worst on. */
export type Effect =
  | "loses data"
  | "leaves data"
  | "does not start"
  | "restarts"
  | "may restart"
  | "cut off"
  | "unknown"
  | "none";

/** One thing to know before the upgrade, and what to do. */
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

/** What all notices together say of Redis. */
export const effectOf = (notices: readonly Notice[]): Effect =>
  ORDER.find((effect) => notices.some((notice) => notice.effect === effect)) ?? "none";

/** For a sort: the worst first. */
export const worstFirst = (one: Notice, other: Notice): number => rank(one) - rank(other);

function rank({ effect }: Notice): number {
  const index = ORDER.indexOf(effect as Effect);
  return index === -1 ? ORDER.length : index;
}
