/** An input that gave what it must not, to become a test. */
export interface Failure {
  /** Bytes as hex, else as JavaScript; empty when it is not known. */
  readonly input: string;
  readonly what: string;
}

/** Different failures that are kept: one defect fails for thousands of inputs. */
const MOST = 20;

/** The shortest input of each failure. */
export class Failures {
  readonly #found = new Map<string, Failure>();
  readonly #onChange: (found: readonly Failure[]) => void;

  /** @param onChange is told all of them whenever there is another, or a shorter input of one */
  constructor(onChange: (found: readonly Failure[]) => void = () => {}) {
    this.#onChange = onChange;
  }

  get found(): readonly Failure[] {
    return [...this.#found.values()];
  }

  add(input: string, error: unknown): void {
    const what = error instanceof Error ? describe(error) : String(error);
    const key = what.replaceAll(/\d+/g, "0");
    const known = this.#found.get(key);
    if (known === undefined && this.#found.size >= MOST) return;
    if (known === undefined || input.length < known.input.length) {
      this.#found.set(key, { input, what });
      this.#onChange(this.found);
    }
  }
}

/** Name, message and where it was thrown. */
function describe(error: Error): string {
  const [, where = ""] = /\n +at ([^\n]+)/.exec(error.stack ?? "") ?? [];
  return `${error.name}: ${error.message} (${where})`;
}
