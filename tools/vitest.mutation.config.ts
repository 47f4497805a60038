import { defineConfig } from "vitest/config";

/** Tests without sockets and processes. Each mutant runs those that reach it. */
const PURE = [
  "test/runtime/answers/{addresses,addresses-known,answers,cached,source,source-addresses,watch}.test.ts",
  "test/runtime/dial/{attempts,attempts-cooldown,dial-virtual,dial-kept-virtual,dial-lookup-virtual,dial-verify-virtual}.test.ts",
  "test/runtime/dial/{dialer-virtual,moved,options,order,pace,race,waiting}.test.ts",
  "test/runtime/dns/{codec,message,message-records,query-virtual,resolver,resolver-options,servers}.test.ts",
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
