import { defineConfig } from "vitest/config";

/** Tests without sockets and processes. Each mutant runs those that reach it. */
const PURE = [
  "test/runtime/answers/*.test.ts",
  "test/runtime/dial/{order,outage}.test.ts",
  "test/runtime/dialer/{contracts,options,priorities,race,recheck,sources,verify,waiting}.test.ts",
  "test/runtime/dns/{codec,message,query-virtual,servers}.test.ts",
  "test/stacks/rules/*.test.ts",
];

export default defineConfig({
  test: {
    include: PURE,
    setupFiles: ["test/support/environment.ts"],
    env: { CHECKPOINT_DISABLE: "1", IOREDIS: "ioredis" },
    isolate: false,
    testTimeout: 10_000,
  },
});
