/** The result of a test run. */
export interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The counted part of Vitest's `TestModule`. */
export interface CountedModule {
  readonly children: {
    allTests(): Iterable<{ result(): { readonly state: string } }>;
    allSuites(): Iterable<{ errors(): readonly unknown[] }>;
  };
  errors(): readonly unknown[];
}

/**
 * Counts tests. Also counts as failures: a file that did not load, a failed hook, an error outside tests, an
 * unfinished test, and a run without tests.
 */
export function summarize(
  modules: Iterable<CountedModule>,
  unhandledErrors: readonly unknown[],
): Summary {
  const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
  for (const module of modules) {
    if (module.errors().length > 0) count.failed++;
    for (const suite of module.children.allSuites()) if (suite.errors().length > 0) count.failed++;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === "passed" || state === "skipped") count[state]++;
      else count.failed++;
    }
  }
  if (count.passed + count.failed === 0) count.failed = 1;
  return count;
}

/** `"12 passed, 0 failed"`, and `", 1 skipped"` when there are any. */
export function summaryLine({ passed, failed, skipped }: Summary): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
