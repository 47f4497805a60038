import * as fc from "fast-check";

/**
 * Before each test file: the same environment variables, whatever the caller's are. Programs that tests
 * start inherit them, and their output is compared.
 */
for (const name of ["CI", "FORCE_COLOR", "COLORTERM", "COLUMNS", "LINES"]) delete process.env[name];
Object.assign(process.env, { NO_COLOR: "1", TERM: "dumb", LANG: "C.UTF-8", TZ: "UTC" });

// Node.js reads it as it starts: the processes that tests start write what they run, and this one does not.
const { COVERAGE_OF_PROCESSES } = process.env;
if (COVERAGE_OF_PROCESSES !== undefined) process.env["NODE_V8_COVERAGE"] = COVERAGE_OF_PROCESSES;

// Properties draw the same values in each run: `npm run fuzz` is what looks for more.
fc.configureGlobal({ seed: 20_260_101 });
