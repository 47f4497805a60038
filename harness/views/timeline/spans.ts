/** A time span in one state. Milliseconds since the epoch. */
export interface Span<State> {
  readonly from: number;
  readonly to: number;
  readonly state: State;
}

/** A change to a state. Undefined: the end. */
export interface Change<State> {
  readonly at: number;
  readonly state: State | undefined;
}

/** The spans between ordered changes. An open span ends at `end`. */
export function spansOf<State>(changes: readonly Change<State>[], end: number): Span<State>[] {
  const spans: Span<State>[] = [];
  let current: Change<State> | undefined;
  for (const change of [...changes, { at: end, state: undefined }]) {
    if (current && current.state === change.state) continue;
    if (current?.state !== undefined && change.at > current.at) {
      spans.push({ from: current.at, to: change.at, state: current.state });
    }
    current = change;
  }
  return spans;
}

/** Clips spans to a time span. */
export function within<State>(
  spans: readonly Span<State>[],
  from: number,
  to: number,
): Span<State>[] {
  return spans
    .filter((span) => span.to > from && span.from < to)
    .map((span) => ({ ...span, from: Math.max(span.from, from), to: Math.min(span.to, to) }));
}

/** Puts overlapping items into different lanes, each into the first free one. */
export function lanesOf<Item extends { readonly from: number; readonly to: number }>(
  items: readonly Item[],
): Item[][] {
  const lanes: Item[][] = [];
  for (const item of items.toSorted((a, b) => a.from - b.from)) {
    const free = lanes.find((lane) => (lane.at(-1)?.to ?? 0) <= item.from);
    if (free) free.push(item);
    else lanes.push([item]);
  }
  return lanes;
}
