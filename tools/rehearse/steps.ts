/** A step's result: one line, and more lines below it. */
export interface StepResult {
  readonly summary: string;
  readonly details?: readonly string[];
}

/** A step that has ended, or that this rehearsal does not have. */
export interface Ended extends StepResult {
  readonly mark: "✓" | "✗" | "–";
  readonly name: string;
  readonly took?: string;
  /** What users noticed meanwhile. */
  readonly users?: string;
}

/** A step, or a command of it, that failed. */
export class StepError extends Error {
  override readonly name = "StepError";
  readonly code = "ERR_STEP_FAILED";
  readonly details: readonly string[];

  constructor(message: string, details: readonly string[] = []) {
    super(message);
    this.details = details;
  }
}

/** Runs steps, one after the other, and reports each when it ends. */
export class Steps {
  readonly ended: Ended[] = [];
  /** What users noticed since a time of `performance.now()`. */
  users: ((start: number) => string) | undefined;
  readonly #report: (step: Ended) => void;

  constructor(report: (step: Ended) => void) {
    this.#report = report;
  }

  /** @returns whether the step passed; rejects after an interrupt */
  async run(name: string, step: () => Promise<StepResult>, signal?: AbortSignal): Promise<boolean> {
    const start = performance.now();
    const { users } = this;
    const end = (mark: Ended["mark"], result: StepResult): void => {
      const took = `${Math.round((performance.now() - start) / 1_000)} s`;
      this.add({ mark, name, took, ...result, ...(users && { users: users(start) }) });
    };
    try {
      end("✓", await step());
      return true;
    } catch (thrown) {
      const error: unknown = signal?.aborted === true ? signal.reason : thrown;
      const details = error instanceof StepError ? error.details : [];
      end("✗", { summary: error instanceof Error ? error.message : String(error), details });
      signal?.throwIfAborted();
      return false;
    }
  }

  add(step: Ended): void {
    this.ended.push(step);
    this.#report(step);
  }
}

/** The page of results, as Markdown. @param left what could not be removed, and how to remove it */
export function pageOf(
  title: string,
  about: string,
  steps: readonly Ended[],
  left: readonly string[],
): string {
  const rows = [
    ["", "step", "took", "result", "what users noticed"],
    ["---", "---", "---", "---", "---"],
    ...steps.map((each) => [each.mark, each.name, each.took, each.summary, each.users]),
  ].map((cells) => `| ${cells.map((cell = "") => cell.replaceAll("|", "\\|")).join(" | ")} |`);
  const details = steps.flatMap(({ name, details: lines = [] }) =>
    lines.length === 0 ? [] : ["", `${name}:`, "", "```text", ...lines, "```"],
  );
  const rest = left.length === 0 ? "Nothing is left." : "**This is left. Remove it:**";
  const list = left.map((each) => `- \`${each}\``);
  return [`# ${title}`, "", about, "", ...rows, ...details, "", rest, "", ...list, ""].join("\n");
}
