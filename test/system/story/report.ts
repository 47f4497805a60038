/** A claim of the story, and whether it held. */
export interface Expectation {
  readonly step: string;
  readonly claim: string;
  readonly held: boolean;
  /** What was seen. */
  readonly seen: string;
}

/** A figure that was measured. */
export interface Figure {
  readonly step: string;
  readonly name: string;
  readonly value: string;
}

/** What the story measured, and which of its expectations held. */
export class Report {
  readonly figures: Figure[] = [];
  readonly expectations: Expectation[] = [];
  #step = "";

  begin(step: string): void {
    this.#step = step;
  }

  measure(name: string, value: string | number): void {
    this.figures.push({ step: this.#step, name, value: String(value) });
  }

  expect(claim: string, held: boolean, seen: string | number): void {
    this.expectations.push({ step: this.#step, claim, held, seen: String(seen) });
  }

  get failed(): Expectation[] {
    return this.expectations.filter(({ held }) => !held);
  }
}

/** Milliseconds as a person reads them. */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(2)} s`;
}
