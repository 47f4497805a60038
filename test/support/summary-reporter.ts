import { writeSync } from "node:fs";

import type { Reporter, SerializedError, TestModule, Vitest } from "vitest/node";

import { summarize, summaryLine } from "./summary.ts";
import type { Summary } from "./summary.ts";

/**
 * Ends the output of a run with a machine-readable line. It is written when the process exits, so that it is the
 * last line, even if the run ended before its first test.
 */
export default class SummaryReporter implements Reporter {
  #summary: Summary = { passed: 0, failed: 1, skipped: 0 };

  onInit(vitest: Vitest): void {
    if (vitest.config.watch) return;
    process.once("exit", () => {
      if (this.#summary.failed > 0) process.exitCode ||= 1;
      writeSync(1, `\n${summaryLine(this.#summary)}\n`);
    });
  }

  onTestRunEnd(
    modules: readonly TestModule[],
    unhandledErrors: readonly SerializedError[],
    reason: string,
  ): void {
    this.#summary = summarize(modules, unhandledErrors);
    if (reason === "interrupted" && this.#summary.failed === 0) {
      this.#summary = { ...this.#summary, failed: 1 };
    }
  }
}
