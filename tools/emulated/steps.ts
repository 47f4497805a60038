/** A step's result: one line, and more lines below it. */
export interface StepResult {
  readonly summary: string;
  readonly details?: readonly string[];
}

/** A step that failed. */
export class StepError extends Error {
  override readonly name = "StepError";
  readonly code = "ERR_STEP_FAILED";
  readonly details: readonly string[];

  constructor(message: string, details: readonly string[] = []) {
    super(message);
    this.details = details;
  }
}

/** Runs steps, one after the other, and prints each when it ends. */
export class Steps {
  readonly #print: (line: string) => void;
  readonly #signal: AbortSignal;
  readonly #failed: string[] = [];

  constructor(print: (line: string) => void, signal: AbortSignal) {
    this.#print = print;
    this.#signal = signal;
  }

  /** The names of the steps that failed. */
  get failed(): readonly string[] {
    return this.#failed;
  }

  /** @returns whether the step passed; rejects after an interrupt */
  async run(name: string, step: () => Promise<StepResult>): Promise<boolean> {
    try {
      this.#report("✓", name, await step());
      return true;
    } catch (error) {
      this.#signal.throwIfAborted();
      this.#failed.push(name);
      this.#report("✗", name, resultOf(error));
      return false;
    }
  }

  #report(mark: string, name: string, { summary, details = [] }: StepResult): void {
    this.#print(`${mark} ${name.padEnd(12)} ${summary}`);
    for (const line of details) this.#print(`    ${line}`);
  }
}

function resultOf(error: unknown): StepResult {
  if (error instanceof StepError) return { summary: error.message, details: error.details };
  const [summary = "", ...details] = (error instanceof Error ? error.message : String(error)).split(
    "\n",
  );
  return { summary, details };
}
