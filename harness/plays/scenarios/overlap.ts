import { MINUTES_AS_SECONDS } from "../faults/fault.ts";
import { withoutLock } from "../setups/without-lock.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { overlap, twoWriters, writesAreLost } from "../steps/two-redis.ts";
import { checkWrites } from "../steps/check-writes.ts";
import { listed } from "./list.ts";
import type { Scenario } from "./scenario.ts";

export const overlapScenario: Scenario = {
  ...listed("overlap"),
  title: "Two Redis at once",
  steps: [firstDeploy, overlap, checkWrites],
  speed: MINUTES_AS_SECONDS,
};

export const withoutLockScenario: Scenario = {
  ...listed("without-lock"),
  title: "Two Redis at once, without the lock",
  steps: [firstDeploy, twoWriters, writesAreLost],
  setup: withoutLock,
};
