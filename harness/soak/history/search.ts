import type { Event, Step } from "./events.ts";

/** The value of a register or counter. */
export type State = string | number | null;

/** A read with its reply, or a write. */
export interface SearchStep<S extends State> extends Step {
  /** The result of a read. Undefined for a write. */
  readonly read: S | undefined;
  /** Whether it has taken effect by its end. */
  readonly isAnswered: boolean;
}

/** A possible state of the history so far. */
export interface Possibility<S extends State> {
  readonly state: S;
  /** The current operations that have taken effect. */
  readonly done: ReadonlySet<number>;
  /** The states that a loss can return to. Undefined: no loss is possible. */
  readonly trail: Trail<S> | undefined;
}

/** A state and its predecessors. Merged possibilities share them. */
interface Trail<S> {
  readonly state: S;
  readonly before: Trail<S>[];
}

/** The rules of a kind of key. */
export interface Model<S extends State, T extends SearchStep<S>> {
  readonly initial: S;
  /** Called after each event has been applied. */
  readonly observe: (event: Event<T>) => void;
  /**
   * The results of applying one current write to a possibility. With a goal, only results that are useful before the
   * goal takes effect.
   */
  readonly writes: (from: Possibility<S>, goal: T | undefined) => readonly Written<S>[];
  /** Whether some writes can follow this one only before its end. */
  readonly isLastChance: (step: T) => boolean;
  /** The possible states after a loss. */
  readonly afterLoss: (done: ReadonlySet<number>) => readonly ReadonlySet<number>[];
}

export interface Written<S> {
  readonly state: S;
  readonly done: ReadonlySet<number>;
}

/** The limit of possibilities per key. */
const MOST_WORK = 2_000_000;

/**
 * Whether each operation can have taken effect at one time between its start and its end, so that every reply is
 * correct. Follows the events with all remaining possibilities (Lowe, "Testing for linearizability", 2017:
 * just-in-time linearization): a write takes effect when an end needs it, a read as soon as the state equals its
 * result, because a read changes nothing.
 * @returns undefined if the limit of work is reached
 */
export function isPossible<S extends State, T extends SearchStep<S>>(
  events: readonly Event<T>[],
  model: Model<S, T>,
  mostWork = MOST_WORK,
): boolean | undefined {
  const search = new Search(model, mostWork);
  for (const event of events) {
    search.follow(event);
    model.observe(event);
    if (search.isExhausted) return undefined;
    if (search.isStuck) return false;
  }
  return true;
}

class Search<S extends State, T extends SearchStep<S>> {
  readonly #model: Model<S, T>;
  readonly #reads = new Set<T>();
  #possible: readonly Possibility<S>[];
  #work: number;

  constructor(model: Model<S, T>, work: number) {
    this.#model = model;
    this.#work = work;
    this.#possible = [{ state: model.initial, done: new Set(), trail: undefined }];
  }

  get isStuck(): boolean {
    return this.#possible.length === 0;
  }

  get isExhausted(): boolean {
    return this.#work < 0;
  }

  follow(event: Event<T>): void {
    switch (event.type) {
      case "start":
        return this.#start(event.step);
      case "end":
        return this.#end(event.step);
      case "keep":
        return this.#keep();
      case "loss":
        return this.#lose();
    }
  }

  #start(step: T): void {
    if (step.read === undefined) return;
    this.#reads.add(step);
    this.#possible = this.#possible.map((each) => ({ ...each, done: this.#withReads(each) }));
  }

  /** Keeps only the possibilities in which the operation has taken effect. */
  #end(step: T): void {
    const isDone = ({ done }: Possibility<S>): boolean => !step.isAnswered || done.has(step.id);
    const all = this.#reach(step, this.#model.isLastChance(step) ? undefined : isDone);
    this.#reads.delete(step);
    const left = new Possibilities<S>();
    for (const each of all.filter(isDone)) {
      const done = new Set(each.done);
      done.delete(step.id);
      left.add({ ...each, done });
    }
    this.#possible = left.all;
  }

  #keep(): void {
    this.#possible = this.#possible.map((each) => ({
      ...each,
      trail: { state: each.state, before: [] },
    }));
  }

  #lose(): void {
    const left = new Possibilities<S>();
    for (const { state, done, trail } of this.#reach(undefined, undefined)) {
      for (const kept of trail ? statesOf(trail) : [state]) {
        for (const each of this.#model.afterLoss(done)) {
          this.#work -= 1;
          const back = { state: kept, done: each, trail: undefined };
          left.add({ ...back, done: this.#withReads(back) });
        }
        if (this.isExhausted) return;
      }
    }
    this.#possible = left.all;
  }

  /** All possibilities after current writes. @param isEnough stops the expansion of a possibility */
  #reach(
    goal: T | undefined,
    isEnough: ((possibility: Possibility<S>) => boolean) | undefined,
  ): readonly Possibility<S>[] {
    const reached = new Possibilities<S>();
    for (const each of this.#possible) reached.add(each);
    // The list grows during the loop.
    for (const from of reached.all) {
      if (isEnough?.(from)) continue;
      for (const { state, done } of this.#model.writes(from, goal)) {
        if (--this.#work < 0) return [];
        const trail = from.trail && { state, before: [from.trail] };
        const next = { state, done, trail };
        reached.add({ ...next, done: this.#withReads(next) });
      }
    }
    return reached.all;
  }

  #withReads({ state, done }: Possibility<S>): ReadonlySet<number> {
    const seen = [...this.#reads].filter(({ id, read }) => read === state && !done.has(id));
    return seen.length === 0 ? done : new Set([...done, ...seen.map(({ id }) => id)]);
  }
}

/** Distinct possibilities, in order of discovery. */
class Possibilities<S extends State> {
  readonly all: Possibility<S>[] = [];
  readonly #byKey = new Map<string, Possibility<S>>();

  add(possibility: Possibility<S>): void {
    const { state, done, trail } = possibility;
    const key = `${[...done].toSorted((a, b) => a - b).join()} ${typeof state} ${state}`;
    const known = this.#byKey.get(key);
    if (known === undefined) {
      this.#byKey.set(key, possibility);
      this.all.push(possibility);
    } else if (trail && known.trail && trail !== known.trail) known.trail.before.push(trail);
  }
}

function statesOf<S>(trail: Trail<S>): ReadonlySet<S> {
  const seen = new Set([trail]);
  // The list grows during the loop.
  for (const each of seen) for (const before of each.before) seen.add(before);
  return new Set([...seen].map(({ state }) => state));
}
