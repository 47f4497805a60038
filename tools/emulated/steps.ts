/** What a step has seen: a line, and lines below it. */
export interface Seen {
  readonly says: string;
  readonly more?: readonly string[];
}

/** A step that has seen something else than it should. */
export class StepError extends Error {
  override readonly name = "StepError";
  readonly code = "ERR_STEP_FAILED";
  readonly more: readonly string[];

  constructor(message: string, more: readonly string[] = []) {
    super(message);
    this.more = more;
  }
}

/** Takes steps, one after the other, and prints a line for each when it ends. */
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

  /** @returns whether the step held; rejects when the run was interrupted */
  async take(name: string, step: () => Promise<Seen>): Promise<boolean> {
    try {
      this.#tell("✓", name, await step());
      return true;
    } catch (error) {
      this.#signal.throwIfAborted();
      this.#failed.push(name);
      this.#tell("✗", name, seenIn(error));
      return false;
    }
  }

  #tell(mark: string, name: string, { says, more = [] }: Seen): void {
    this.#print(`${mark} ${name.padEnd(12)} ${says}`);
    for (const line of more) this.#print(`    ${line}`);
  }
}

function seenIn(error: unknown): Seen {
  if (error instanceof StepError) return { says: error.message, more: error.more };
  const [says = "", ...more] = (error instanceof Error ? error.message : String(error)).split("\n");
  return { says, more };
}
