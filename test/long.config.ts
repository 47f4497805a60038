import { defineConfig } from "vitest/config";

/** `npm run test:long`: tests that cost more CPU than `npm test` has for them. */
export default defineConfig({
  test: {
    include: ["test/**/*.long.ts"],
    globalSetup: ["test/support/global-setup.ts"],
    setupFiles: ["test/support/environment.ts"],
    env: { CHECKPOINT_DISABLE: "1" },
    reporters: ["default", "./test/support/summary-reporter.ts"],
    testTimeout: 120_000,
  },
});
