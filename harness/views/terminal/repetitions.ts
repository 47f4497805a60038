import Table from "cli-table3";
import pc from "picocolors";
import type { Recording } from "../../plays/stage/recording.ts";

/** One of many plays of a scenario. */
export interface Repetition {
  readonly scenario: string;
  readonly seed: number;
  /** Undefined if the play did not complete. */
  readonly recording: Recording | undefined;
  /** The reason if none is found. */
  readonly error?: string;
}

/** How often each expectation held, by scenario, and the failures with their seeds. */
export function renderRepetitions(repetitions: readonly Repetition[]): string {
  const table = new Table({
    head: ["scenario", "step", "expectation", "held"],
    style: { head: [], border: [] },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  for (const [scenario, plays] of grouped(repetitions, (each) => each.scenario)) {
    const claims = plays.flatMap(({ recording }) => recording?.expectations ?? []);
    for (const put of grouped(claims, ({ step, claim }) => `${step}\n${claim}`).values()) {
      const [first] = put;
      const held = put.filter((each) => each.held).length;
      const count = `${held} / ${plays.length}`;
      table.push([
        scenario,
        first?.step,
        first?.claim,
        held === plays.length ? count : pc.red(count),
      ]);
    }
  }
  return [table.toString(), "", ...failures(repetitions), ""].join("\n");
}

function grouped<Item>(items: readonly Item[], key: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

function failures(repetitions: readonly Repetition[]): string[] {
  return repetitions.flatMap(({ scenario, seed, recording, error }) => {
    const where = `✗ ${scenario} --seed ${seed}`;
    if (recording === undefined) return [pc.red(`${where}: ${error}`)];
    return recording.expectations
      .filter(({ held }) => !held)
      .map(({ step, claim, seen }) => pc.red(`${where}: ${step}: ${claim}; seen: ${seen}`));
  });
}
