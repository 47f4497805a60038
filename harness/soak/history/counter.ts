import { minIndex } from "d3-array";
import { CounterCeiling } from "./counter-ceiling.ts";
import type { Event } from "./events.ts";
import type { Loss } from "./operation.ts";
import type { Model, Possibility, Written } from "./search.ts";
import type { CounterStep } from "./steps.ts";

/**
 * A key with INCR and GET. A client resends an INCR if its connection breaks before the reply, so it takes effect
 * once with its reply and any number of additional times between its start and its end. Without a reply it takes
 * effect any number of times after its start. An INCR that is sent once takes effect once with its reply; without a
 * reply at most once.
 */
export class Counter implements Model<number, CounterStep> {
  readonly initial = 0;
  readonly #increments = new Set<CounterStep>();
  readonly #ceiling: CounterCeiling;

  constructor(steps: readonly CounterStep[], losses: readonly Loss[]) {
    this.#ceiling = new CounterCeiling(steps, losses);
  }

  observe = (event: Event<CounterStep>): void => {
    this.#ceiling.observe(event);
    if (event.type === "start" && event.step.read === undefined) this.#increments.add(event.step);
    if (event.type === "end") this.#increments.delete(event.step);
  };

  writes = (
    { state, done }: Possibility<number>,
    goal: CounterStep | undefined,
  ): readonly Written<number>[] => {
    const next = state + 1;
    if (this.#increments.size === 0 || next > this.#highest(done, goal)) return [];
    const open = [...this.#increments].filter(({ id }) => !done.has(id));
    const replied = open.filter(({ reply }) => reply === next);
    const written = replied.map(({ id }) => ({ state: next, done: new Set([...done, id]) }));
    // An INCR may take effect again after its reply, so assigning the reply now loses no possibility.
    if (replied.some(({ sentOnce }) => !sentOnce)) return written;
    if (this.#again().length > 0) return [...written, { state: next, done }];
    // They differ only in their ends, so the one that ends first is not needed later.
    const unanswered = open.filter(({ reply }) => reply === undefined);
    const first = minIndex(unanswered, ({ end }) => end);
    const one = unanswered[first];
    if (one === undefined) return written;
    return [...written, { state: next, done: new Set([...done, one.id]) }];
  };

  isLastChance = (step: CounterStep): boolean => {
    if (step.sentOnce) return step.reply === undefined;
    const again = this.#again();
    return again.length === 1 && again[0] === step;
  };

  afterLoss = (done: ReadonlySet<number>): readonly ReadonlySet<number>[] => [done];

  /** Current operations that may take effect any number of times. */
  #again(): readonly CounterStep[] {
    return [...this.#increments].filter(({ sentOnce }) => !sentOnce);
  }

  #highest(done: ReadonlySet<number>, goal: CounterStep | undefined): number {
    const sought = goal && (goal.reply ?? goal.read);
    return sought === undefined || done.has(goal?.id ?? -1) ? this.#ceiling.now : sought;
  }
}
