import type { Event } from "./events.ts";
import type { Loss } from "./operation.ts";
import type { CounterStep } from "./steps.ts";

/** The limits from one step on. */
interface Ahead {
  /** The first section between losses that contains one of the steps completely. */
  readonly part: number;
  /** The highest useful value for the steps of that section. */
  readonly highest: number;
}

/**
 * The highest value of a counter that later steps can use. Before a loss a counter can be higher than after it;
 * otherwise the next operation limits it. Without this limit the search would not end, because an INCR may take
 * effect any number of times.
 */
export class CounterCeiling {
  readonly #ahead: readonly Ahead[];
  /** The highest value of the operations that overlap each loss. */
  readonly #across: readonly number[];
  readonly #underWay = new Set<CounterStep>();
  #started = 0;
  #part = 0;

  constructor(steps: readonly CounterStep[], losses: readonly Loss[]) {
    this.#across = losses.map(({ at }) =>
      highestOf(steps.filter(({ start, end }) => start <= at && at <= end)),
    );
    this.#ahead = limitsAhead(
      steps.toSorted((a, b) => a.start - b.start),
      losses,
    );
  }

  observe(event: Event<CounterStep>): void {
    if (event.type === "start") {
      this.#started += 1;
      this.#underWay.add(event.step);
    } else if (event.type === "end") this.#underWay.delete(event.step);
    else if (event.type === "loss") this.#part += 1;
  }

  get now(): number {
    const { part, highest } = this.#ahead[this.#started] ?? NOTHING;
    if (part === this.#part) return highest;
    const across = this.#across.slice(this.#part, part);
    return Math.max(highest, highestOf(this.#underWay), ...across);
  }
}

const NOTHING: Ahead = { part: Infinity, highest: -Infinity };

function limitsAhead(steps: readonly CounterStep[], losses: readonly Loss[]): readonly Ahead[] {
  const ahead: Ahead[] = [];
  let next = NOTHING;
  for (const [index, step] of [...steps.entries()].toReversed()) {
    const part = partOf(step, losses);
    const useful = step.read ?? (step.reply === undefined ? undefined : step.reply - 1);
    if (part !== undefined && useful !== undefined) {
      next = { part, highest: part === next.part ? Math.min(useful, next.highest) : useful };
    }
    ahead[index] = next;
  }
  return ahead;
}

/** Undefined for an operation that overlaps a loss. */
function partOf({ start, end }: CounterStep, losses: readonly Loss[]): number | undefined {
  const before = losses.filter(({ at }) => at < start).length;
  return losses.filter(({ at }) => at <= end).length === before ? before : undefined;
}

const highestOf = (steps: Iterable<CounterStep>): number =>
  Math.max(-Infinity, ...[...steps].map(({ reply, read }) => reply ?? read ?? -Infinity));
