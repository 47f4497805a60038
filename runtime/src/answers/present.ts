import type { SrvTarget } from "../base/types.ts";

/**
 * The largest number of targets in one Cloud Map answer. If a service has more, each answer is a
 * random draw of this many
 * (https://docs.aws.amazon.com/cloud-map/latest/api/API_DnsConfig.html).
 */
const MAX_DRAWN = 8;
/** How many answers in a row may miss a target before it counts as gone. With 100 existing targets, this removes one wrongly in 1 of 4 000 cases. */
const MOST_MISSED = 100;

/** Whether an answer may be a random draw from more targets. Cloud Map gives all of them the same priority. */
export function mayBeDrawn(targets: readonly SrvTarget[]): boolean {
  return (
    targets.length === MAX_DRAWN && new Set(targets.map(({ priority }) => priority)).size === 1
  );
}

/**
 * The targets of a service that exist now, as far as its answers show. A target that is missing in an answer that
 * is a random draw may still exist; it counts as gone once many answers in a row miss it.
 */
export class Present<T> {
  readonly #targets = new Map<string, { readonly target: T; missed: number }>();

  has(key: string): boolean {
    return this.#targets.has(key);
  }

  /** The keys of all targets, in no particular order. */
  get keys(): readonly string[] {
    return [...this.#targets.keys()];
  }

  /** Adds a target from an answer whose other targets are not known here. */
  add(key: string, target: T): void {
    if (!this.has(key)) this.#targets.set(key, { target, missed: 0 });
  }

  /** All targets; those of the last answer come first, in its order. */
  get targets(): readonly T[] {
    return [...this.#targets.values()]
      .toSorted((a, b) => a.missed - b.missed)
      .map(({ target }) => target);
  }

  /** @param answer the targets by key; targets with equal keys are the same target */
  update(answer: ReadonlyMap<string, T>, isDrawn: boolean): void {
    for (const [key, kept] of this.#targets) {
      kept.missed++;
      if (!isDrawn || kept.missed > MOST_MISSED) this.#targets.delete(key);
    }
    for (const [key, target] of answer) {
      // Delete and insert, so that the order is that of the answer.
      this.#targets.delete(key);
      this.#targets.set(key, { target, missed: 0 });
    }
  }

  clear(): void {
    this.#targets.clear();
  }
}
