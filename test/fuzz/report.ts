import Table from "cli-table3";
import type { TargetReport } from "./target.ts";

/** What became of one target. */
export interface Outcome extends TargetReport {
  readonly name: string;
  readonly seconds: number;
}

/** One table of all targets, then the figures of each, then every failure with its input. */
export function renderReport(outcomes: readonly Outcome[]): string {
  // No colours: the output is kept and compared.
  const table = new Table({
    head: ["target", "inputs", "seconds", "failures"],
    style: { head: [], border: [], compact: true },
  });
  table.push(
    ...outcomes.map(({ name, inputs, seconds, failures }) => [
      name,
      inputs,
      seconds,
      failures.length,
    ]),
  );
  const parts = [table.toString(), ...outcomes.flatMap(figuresOf), ...outcomes.flatMap(failuresOf)];
  return `${parts.join("\n")}\n`;
}

function figuresOf({ name, figures }: Outcome): string[] {
  const told = Object.entries(figures).map(([figure, value]) => `${figure} ${value}`);
  return told.length === 0 ? [] : [`${name}: ${told.join(", ")}`];
}

function failuresOf({ name, failures }: Outcome): string[] {
  return failures.map(({ what, input }) => {
    return `FAILED ${name}: ${what}${input === "" ? "" : `\n  input: ${input}`}`;
  });
}

/** For `results/fuzz.json`. */
export function figuresFor(outcomes: readonly Outcome[], seed: number): Record<string, unknown> {
  const targets = outcomes.map(({ name, inputs, seconds, figures, failures }) => [
    name,
    { inputs, seconds, failures: failures.length, ...figures },
  ]);
  return { seed, ...Object.fromEntries(targets) };
}
