import type { Event, Step } from "./events.ts";

/** The value of a register, or of a counter. */
export type State = string | number | null;

/** A read with its reply, or a write. */
export interface SearchStep<S extends State> extends Step {
  /** What a read has seen; undefined for a write. */
  readonly read: S | undefined;
  /** Whether it has taken effect by its end. */
  readonly isAnswered: boolean;
}

/** What may have happened up to now. */
export interface Possibility<S extends State> {
  readonly state: S;
  /** The operations under way that have taken effect. */
  readonly done: ReadonlySet<number>;
  /** The states that a loss can go back to; undefined while none can. */
  readonly trail: Trail<S> | undefined;
}

/** A state, and those before it. Two possibilities that become one share theirs. */
interface Trail<S> {
  readonly state: S;
  readonly before: Trail<S>[];
}

/** What the writes of a kind of key do. */
export interface Model<S extends State, T extends SearchStep<S>> {
  readonly initial: S;
  /** Is told every event once the possibilities have followed it. */
  readonly observe: (event: Event<T>) => void;
  /**
   * What one write that is under way makes of a possibility. Without a goal each write counts; with one,
   * only what can be of use before the goal has taken effect.
   */
  readonly writes: (from: Possibility<S>, goal: T | undefined) => readonly Written<S>[];
  /** Whether writes may follow this one now that cannot follow once it has ended. */
  readonly isLastChance: (step: T) => boolean;
  /** What may have taken effect for good when a loss came. */
  readonly afterLoss: (done: ReadonlySet<number>) => readonly ReadonlySet<number>[];
}

export interface Written<S> {
  readonly state: S;
  readonly done: ReadonlySet<number>;
}

/** How many possibilities may be looked at for one key. */
const MOST_WORK = 2_000_000;

/**
 * Whether each operation can have taken effect at one moment between its start and its end, so that every
 * reply is right. Follows the events with every possibility that is left (Lowe, "Testing for
 * linearizability", 2017: just-in-time linearization): a write takes effect when an end needs it, a read
 * as soon as the state is what it saw, since a read changes nothing.
 * @returns undefined where that takes too much work
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

  /** Only what has taken effect by now is left. */
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

  /** Every possibility that writes under way lead to. @param isEnough where to go no further */
  #reach(
    goal: T | undefined,
    isEnough: ((possibility: Possibility<S>) => boolean) | undefined,
  ): readonly Possibility<S>[] {
    const reached = new Possibilities<S>();
    for (const each of this.#possible) reached.add(each);
    // It grows while it is read.
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

/** Different possibilities, in the order in which they were found. */
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
  // It grows while it is read.
  for (const each of seen) for (const before of each.before) seen.add(before);
  return new Set([...seen].map(({ state }) => state));
}
