import { setTimeout } from "node:timers/promises";
import { run, type Running } from "./program.ts";
import { StepError } from "./steps.ts";

/** An answer of the AWS CLI, which has no types: a missing field fails the step. */
// oxlint-disable-next-line typescript/no-explicit-any -- see above
export type Answer = any;

/** States in which AWS does nothing any more. */
const FAILED = /"(?:ABORTED|EXPIRED|FAILED|PARTIAL|Cancelled|Failed|TimedOut)"/;

/** Minutes between two questions. */
const PAUSE = 1 / 12;

/** The AWS CLI. */
export class Aws {
  readonly #running: Running;

  constructor(running: Running) {
    this.#running = running;
  }

  /** @param command words as on a page of the docs @param more words that may have spaces */
  async call(command: string, ...more: readonly string[]): Promise<Answer> {
    return read(await run(this.#running, ".", "aws", [...command.split(" "), ...more]));
  }

  /** Runs a command line that an output of Terraform prints. */
  async shell(line: string): Promise<Answer> {
    return read(await run(this.#running, ".", "sh", ["-c", line]));
  }

  /** Calls until the answer is good. @throws StepError if it has failed, or after so many minutes */
  async until(command: string, minutes: number, isGood: (answer: Answer) => boolean) {
    const { minute, signal } = this.#running;
    const end = performance.now() + minutes * minute;
    for (;;) {
      // AWS may not know yet what was just made.
      const answer: Answer = await this.call(command).catch((error: Error) => ({ error }));
      signal().throwIfAborted();
      const { error } = answer;
      if (error === undefined && isGood(answer)) return answer;
      const text = error?.message ?? JSON.stringify(answer);
      const hasFailed = error === undefined && FAILED.test(text);
      if (hasFailed || performance.now() > end) {
        const why = hasFailed ? "failed" : `not done within ${minutes} minutes`;
        throw new StepError(`aws ${command}: ${why}`, [text]);
      }
      await setTimeout(PAUSE * minute, undefined, { signal: signal() });
    }
  }
}

const read = (text: string): Answer => (text.trim() === "" ? {} : JSON.parse(text));
