import { MINUTES_AS_SECONDS } from "../faults/fault.ts";
import { withoutLock } from "../setups/without-lock.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { overlap, twoWriters, writesAreLost } from "../steps/two-redis.ts";
import { writesAreThere } from "../steps/writes-are-there.ts";
import type { Scenario } from "./scenario.ts";

export const overlapScenario: Scenario = {
  name: "overlap",
  title: "Two Redis at once",
  description:
    "ECS starts a second Redis while the first one runs: it waits for the writer lock, and no acknowledged write is lost.",
  steps: [firstDeploy, overlap, writesAreThere],
  speed: MINUTES_AS_SECONDS,
};

export const withoutLockScenario: Scenario = {
  name: "without-lock",
  title: "Two Redis at once, without the lock",
  description:
    "Why there is a lock: without it and with ECS' default percentages, a deploy of Redis runs two servers on one folder, and acknowledged writes are lost.",
  steps: [firstDeploy, twoWriters, writesAreLost],
  setup: withoutLock,
};
