import type { Reasons } from "./unrun.ts";

const SOAK = "a soak of the tests plays a few faults for seconds; `npm run soak` plays all of them";
const FIGURES = "`npm run figures` runs it, for minutes";
const WRITES = "tests compare what it writes with the repository; a person runs it to write that";

/** Why no test runs a statement. `npm run coverage` fails for one that is not in it, and for one too many. */
export const reasons: Reasons = {
  "harness/commands/figures.ts": [{ lines: "the rest", why: FIGURES }],
  "harness/commands/measure-figures.ts": [{ lines: "the rest", why: FIGURES }],
  "harness/commands/run-soak.ts": [{ lines: "the rest", why: SOAK }],
  "harness/soak/faults/faults.ts": [{ lines: "the rest", why: SOAK }],
  ...Object.fromEntries(
    ["client", "main", "profiles", "sample"].map((name) => [
      `harness/soak/clients/${name}.ts`,
      [{ lines: "the rest", why: "the soak kills this process, which then reports nothing" }],
    ]),
  ),
  "stacks/docs/main.ts": [{ lines: "the rest", why: WRITES }],
  "stacks/modules/main.ts": [{ lines: "the rest", why: WRITES }],
};
