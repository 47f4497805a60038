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
export class Present {
  /** How many answers in a row have missed each target, by key. */
  readonly #missed = new Map<string, number>();

  has(key: string): boolean {
    return this.#missed.has(key);
  }

  /** Adds a target from an answer whose other targets are not known here. */
  add(key: string): void {
    if (!this.has(key)) this.#missed.set(key, 0);
  }

  /** @param answer the keys of its targets */
  update(answer: Iterable<string>, isDrawn: boolean): void {
    for (const [key, missed] of this.#missed) {
      if (isDrawn && missed < MOST_MISSED) this.#missed.set(key, missed + 1);
      else this.#missed.delete(key);
    }
    for (const key of answer) this.#missed.set(key, 0);
  }

  clear(): void {
    this.#missed.clear();
  }
}
