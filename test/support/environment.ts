import * as fc from "fast-check";

/**
 * Before each test file: the same environment variables, whatever the caller's are. Programs that tests
 * start inherit them, and their output is compared.
 */
for (const name of ["CI", "FORCE_COLOR", "COLORTERM", "COLUMNS", "LINES"]) delete process.env[name];
Object.assign(process.env, { NO_COLOR: "1", TERM: "dumb", LANG: "C.UTF-8", TZ: "UTC" });

// Properties draw the same values in each run. With PROPERTY_RUNS they draw as many new ones.
const { PROPERTY_RUNS } = process.env;
fc.configureGlobal(
  PROPERTY_RUNS === undefined ? { seed: 20_260_101 } : { numRuns: Number(PROPERTY_RUNS) },
);
