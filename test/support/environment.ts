import * as fc from "fast-check";

/**
 * Sets the same environment variables before each test file. Child processes inherit them, and tests compare their
 * output.
 */
const UNSET = ["CI", "FORCE_COLOR", "COLORTERM", "COLUMNS", "LINES", "AWS_REGION"];
for (const name of UNSET) delete process.env[name];
Object.assign(process.env, { NO_COLOR: "1", TERM: "dumb", LANG: "C.UTF-8", TZ: "UTC" });

// Properties have the same values in each run. With PROPERTY_RUNS they have that many random ones.
const { PROPERTY_RUNS } = process.env;
fc.configureGlobal(
  PROPERTY_RUNS === undefined ? { seed: 20_260_101 } : { numRuns: Number(PROPERTY_RUNS) },
);
