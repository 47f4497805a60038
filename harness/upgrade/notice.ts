/** The effect of a plan on Redis, worst first. */
const EFFECTS = [
  "loses data",
  "leaves data",
  "does not start",
  "restarts",
  "may restart",
  "cut off",
  "none",
] as const;

export type Effect = (typeof EFFECTS)[number];

/** A notice about a plan, with advice. */
export interface Notice {
  readonly effect: Effect;
  readonly address: string;
  readonly what: string;
  readonly advice: string;
}

/** The worst effect of all notices. */
export const effectOf = (notices: readonly Notice[]): Effect =>
  EFFECTS.find((effect) => notices.some((notice) => notice.effect === effect)) ?? "none";

/** Sorts the worst first. */
export const worstFirst = (one: Notice, other: Notice): number =>
  EFFECTS.indexOf(one.effect) - EFFECTS.indexOf(other.effect);

/** After these, Redis is without the data that it has now. */
const LOSING: ReadonlySet<Effect> = new Set(["loses data", "leaves data", "does not start"]);

export const isLosing = (effect: Effect): boolean => LOSING.has(effect);

/** Actions after which AWS has another resource, or none. */
export const ANEW: ReadonlySet<string> = new Set(["replace", "destroy"]);

/** The advice about a restart. */
export const RESTART =
  "deploy at a quiet time: one Redis ends before the next one starts and loads its data";
