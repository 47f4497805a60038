import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** Globs, as `npm run mutation` says; without them no test is found, which fails the run. */
const tests = (process.env["MUTATION_TESTS"] ?? "").split(";");

// Of `npm run mutation`, for the pure tests of one folder: one worker, and nothing set up but what they need.
export default defineConfig({
  resolve: {
    // As the tests of the stacks import it.
    alias: [
      {
        find: /^(?:\.\.\/){3}stacks\/synthesize\.ts$/,
        replacement: join(import.meta.dirname, "kept-synthesis.ts"),
      },
    ],
  },
  test: {
    include: tests,
    setupFiles: ["test/support/environment.ts", "test/mutation/only-pure.ts"],
    env: { CHECKPOINT_DISABLE: "1", IOREDIS: "ioredis" },
    isolate: false,
    // A mutant may wait for what never comes. Then its test fails, before Stryker ends the whole process.
    testTimeout: 10_000,
    passWithNoTests: false,
  },
});
