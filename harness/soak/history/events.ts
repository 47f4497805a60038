import type { Loss } from "./operation.ts";

/** An operation that takes part in the search. */
export interface Step {
  /** Its place among the operations of the key. */
  readonly id: number;
  readonly start: number;
  /** Infinity without a reply. */
  readonly end: number;
}

/** What happens to a key, in order of time. */
export type Event<S extends Step> =
  | { readonly type: "start" | "end"; readonly at: number; readonly step: S }
  /** From here on the states are kept: a loss can go back to them. */
  | { readonly type: "keep" | "loss"; readonly at: number };

/**
 * At the same time nothing is before anything: what starts may take effect before what ends, on either
 * side of a loss.
 */
const ORDER = { start: 0, keep: 1, loss: 1, end: 2 } as const;

export function eventsOf<S extends Step>(
  steps: readonly S[],
  losses: readonly Loss[],
): readonly Event<S>[] {
  const events: Event<S>[] = [];
  for (const step of steps) {
    events.push({ type: "start", at: step.start, step });
    if (step.end < Infinity) events.push({ type: "end", at: step.end, step });
  }
  let before = -Infinity;
  for (const { at, lossMs } of losses) {
    // What an earlier loss has left was on disk: no later one takes it.
    events.push({ type: "keep", at: Math.max(at - lossMs, before) }, { type: "loss", at });
    before = at;
  }
  return events.toSorted((a, b) => a.at - b.at || ORDER[a.type] - ORDER[b.type]);
}
