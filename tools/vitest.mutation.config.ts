import { defineConfig } from "vitest/config";

/** Tests without sockets and processes. Each mutant runs those that reach it. */
const PURE = [
  "test/runtime/answers/{answers,cached,present,source,source-addresses,known-addresses,watch}.test.ts",
  "test/runtime/dial/{addresses,attempts,cooldown,deadline,dial-virtual,dial-kept-virtual}.test.ts",
  "test/runtime/dial/{dialer-virtual,listed,moved,options,order,race}.test.ts",
  "test/runtime/dns/{codec,message,query-virtual,records,resolver,resolver-options,servers}.test.ts",
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
