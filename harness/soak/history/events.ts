import type { Loss } from "./operation.ts";

/** An operation in the search. */
export interface Step {
  /** Its index among the key's operations. */
  readonly id: number;
  readonly start: number;
  /** Infinity without a reply. */
  readonly end: number;
}

/** The events of a key, in order of time. */
export type Event<S extends Step> =
  | { readonly type: "start" | "end"; readonly at: number; readonly step: S }
  /** From here on, the states are kept, because a loss can return to them. */
  | { readonly type: "keep" | "loss"; readonly at: number };

/**
 * Events at the same time have no order: an operation that starts may take effect before one that ends, and before
 * or after a loss.
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
    // The state after an earlier loss was on disk, so a later loss keeps it.
    events.push({ type: "keep", at: Math.max(at - lossMs, before) }, { type: "loss", at });
    before = at;
  }
  return events.toSorted((a, b) => a.at - b.at || ORDER[a.type] - ORDER[b.type]);
}
