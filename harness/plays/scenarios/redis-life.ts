import { MINUTES_AS_SECONDS } from "../faults/fault.ts";
import {
  badRedis,
  mountFailsInDeploy,
  redisCrashes,
  storageStalled,
} from "../faults/redis-life-faults.ts";
import { checked } from "../steps/fault-step.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { writesAreThere } from "../steps/writes-are-there.ts";
import type { Scenario } from "./scenario.ts";

export const redisLifeScenario: Scenario = {
  name: "redis-life",
  title: "Redis crashes, stalls and is released badly",
  description:
    "A crash costs no new task, a file system that stalls for two minutes no restart, and a release that never starts fails instead of hanging. Minutes are seconds.",
  steps: [
    firstDeploy,
    checked(redisCrashes),
    checked(storageStalled),
    checked(badRedis),
    checked(mountFailsInDeploy),
    writesAreThere,
  ],
  speed: MINUTES_AS_SECONDS,
};
