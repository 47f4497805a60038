import { MINUTES_AS_SECONDS } from "../faults/fault.ts";
import {
  badRedis,
  mountFailsInDeploy,
  redisCrashes,
  storageStalled,
} from "../faults/redis-lifecycle-faults.ts";
import { checked } from "../steps/fault-step.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { checkWrites } from "../steps/check-writes.ts";
import type { Script } from "./scenario.ts";

export const redisLifeScenario: Script = {
  title: "Redis crashes, stalls and has a bad release",
  steps: [
    firstDeploy,
    checked(redisCrashes),
    checked(storageStalled),
    checked(badRedis),
    checked(mountFailsInDeploy),
    checkWrites,
  ],
  speed: MINUTES_AS_SECONDS,
};
