import { now } from "../../ecs/base/events.ts";
import type { Expectation, Figure, RecordedImpact, RecordedStep } from "./recording.ts";

export class Results {
  readonly steps: RecordedStep[] = [];
  readonly figures: Figure[] = [];
  readonly expectations: Expectation[] = [];

  begin(title: string): void {
    this.steps.push({ title, at: now() });
  }

  measure(name: string, value: string | number): void {
    this.figures.push({ step: this.#step, name, value: String(value) });
  }

  expect(claim: string, held: boolean, seen: string | number): void {
    this.expectations.push({ step: this.#step, claim, held, seen: String(seen) });
  }

  /** Expects a known flaw of the setup. */
  expectFlaw(claim: string, held: boolean, seen: string | number): void {
    this.expectations.push({ step: this.#step, claim, held, seen: String(seen), isFlaw: true });
  }

  /** Sets the effect of the current step on users. The last call wins. */
  noteImpact(impact: RecordedImpact): void {
    const step = this.steps.pop();
    if (step) this.steps.push({ ...step, impact });
  }

  get #step(): string {
    return this.steps.at(-1)?.title ?? "";
  }
}

export function failed({ expectations }: { expectations: readonly Expectation[] }): Expectation[] {
  return expectations.filter(({ held }) => !held);
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(2)} s`;
}
