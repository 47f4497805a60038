import type { Reasons } from "./unrun.ts";

/** Why no test runs a statement. `npm run coverage` fails for one that is not in it, and for one too many. */
export const reasons: Reasons = {};
