import type { Event } from "./events.ts";
import type { Model, Possibility, Written } from "./search.ts";
import type { RegisterStep, Value } from "./steps.ts";

/**
 * A key with SET and GET. Each SET takes effect at most once. A SET that overlaps a loss may take effect again after
 * it, because its client may resend it.
 *
 * Every value is written once, so the later reads limit the possibilities:
 * - A value is overwritten only after the last read of it.
 * - A write without later reads takes effect just before another write, where it is not visible.
 */
export class Register implements Model<Value, RegisterStep> {
  readonly initial = null;
  /** The remaining reads of a value. */
  readonly #readsLeft = new Map<Value, number>();
  readonly #writes = new Map<Value, number>();
  readonly #reads = new Map<number, Value>();
  #lossesLeft: number;
  #canGoBack = false;

  constructor(steps: readonly RegisterStep[], losses: number) {
    this.#lossesLeft = losses;
    for (const { read } of steps) if (read !== undefined) this.#count(read, 1);
  }

  observe = (event: Event<RegisterStep>): void => {
    switch (event.type) {
      case "start":
        return this.#begin(event.step);
      case "end":
        return this.#finish(event.step);
      case "keep":
        this.#canGoBack = true;
        return;
      case "loss":
        this.#canGoBack = false;
        this.#lossesLeft -= 1;
    }
  };

  writes = (
    from: Possibility<Value>,
    goal: RegisterStep | undefined,
  ): readonly Written<Value>[] => {
    if (this.#isNeeded(from.state, from.done)) return [];
    const open = [...this.#writes].filter(([, id]) => !from.done.has(id));
    const unread = open.filter(([value]) => !this.#hasReadsLeft(value, from.done));
    const hidden = [...from.done, ...unread.map(([, id]) => id)];
    return open
      .filter((each) => goal === undefined || each[1] === goal.id || !unread.includes(each))
      .map(([state, id]) => ({ state, done: new Set([...hidden, id]) }));
  };

  isLastChance = (): boolean => false;

  afterLoss = (done: ReadonlySet<number>): readonly ReadonlySet<number>[] => {
    let variants: ReadonlySet<number>[] = [done];
    for (const [value, id] of this.#writes) {
      if (!done.has(id) || !this.#hasReadsLeft(value, done)) continue;
      variants = variants.flatMap((each) => [each, without(each, id)]);
    }
    return variants;
  };

  #begin({ id, read, write }: RegisterStep): void {
    if (write !== undefined) this.#writes.set(write, id);
    else if (read !== undefined) this.#reads.set(id, read);
  }

  #finish({ id, read, write }: RegisterStep): void {
    if (write !== undefined) this.#writes.delete(write);
    else if (read !== undefined) {
      this.#reads.delete(id);
      this.#count(read, -1);
    }
  }

  #count(value: Value, change: number): void {
    this.#readsLeft.set(value, (this.#readsLeft.get(value) ?? 0) + change);
  }

  /** Whether the value must not be overwritten, because a later read needs it and it cannot be written again. */
  #isNeeded(value: Value, done: ReadonlySet<number>): boolean {
    const canReturn = this.#canGoBack || (this.#lossesLeft > 0 && this.#writes.has(value));
    return !canReturn && this.#hasReadsLeft(value, done);
  }

  #hasReadsLeft(value: Value, done: ReadonlySet<number>): boolean {
    let left = this.#readsLeft.get(value) ?? 0;
    for (const id of done) if (this.#reads.get(id) === value) left -= 1;
    return left > 0;
  }
}

function without(ids: ReadonlySet<number>, id: number): ReadonlySet<number> {
  const rest = new Set(ids);
  rest.delete(id);
  return rest;
}
