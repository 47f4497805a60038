import type { SrvTarget } from "../base/types.ts";

/**
 * Cloud Map answers with at most so many targets, drawn at random from all of them
 * (https://docs.aws.amazon.com/cloud-map/latest/api/API_DnsConfig.html).
 */
const MAX_DRAWN = 8;
/** How many answers in a row may lack a target. So many lack one of a hundred that are there in 1 of 4 000 cases. */
const MOST_MISSED = 100;

/** Whether there may be more targets than an answer has. Cloud Map gives all of them one priority. */
export function mayBeDrawn(targets: readonly SrvTarget[]): boolean {
  return (
    targets.length === MAX_DRAWN && new Set(targets.map(({ priority }) => priority)).size === 1
  );
}

/**
 * The targets of a service that are there, as its answers tell. Who is missing in an answer that is a draw may still
 * be there, until many in a row lack it.
 */
export class Present<T> {
  readonly #targets = new Map<string, { readonly target: T; missed: number }>();

  has(key: string): boolean {
    return this.#targets.has(key);
  }

  /** Of all targets, in no order. */
  get keys(): readonly string[] {
    return [...this.#targets.keys()];
  }

  /** It is in an answer whose other targets are not known here. */
  add(key: string, target: T): void {
    if (!this.has(key)) this.#targets.set(key, { target, missed: 0 });
  }

  /** Those of the last answer first, in its order. */
  get targets(): readonly T[] {
    return [...this.#targets.values()]
      .toSorted((a, b) => a.missed - b.missed)
      .map(({ target }) => target);
  }

  /** @param answer the targets by a key that says whether they are the same */
  update(answer: ReadonlyMap<string, T>, isDrawn: boolean): void {
    for (const [key, kept] of this.#targets) {
      kept.missed++;
      if (!isDrawn || kept.missed > MOST_MISSED) this.#targets.delete(key);
    }
    for (const [key, target] of answer) {
      // Known or not, it comes after those before it in the answer.
      this.#targets.delete(key);
      this.#targets.set(key, { target, missed: 0 });
    }
  }

  clear(): void {
    this.#targets.clear();
  }
}
