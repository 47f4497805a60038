import { appDeploy } from "../steps/app-deploy.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { redisMoves } from "../steps/redis-moves.ts";
import { slowLoad } from "../steps/slow-load.ts";
import { checkWrites } from "../steps/check-writes.ts";
import { listed } from "./list.ts";
import type { Scenario } from "./scenario.ts";

export const story: Scenario = {
  ...listed("story"),
  title: "The whole story",
  steps: [firstDeploy, appDeploy, redisMoves, slowLoad, checkWrites],
};

// Parts of the story.

export const after: Scenario = {
  ...listed("after"),
  title: "The new setup",
  steps: [firstDeploy, appDeploy, slowLoad, checkWrites],
};

export const redisMovesScenario: Scenario = {
  ...listed("redis-moves"),
  title: "Redis moves",
  steps: [firstDeploy, redisMoves, checkWrites],
};

export const slowLoadScenario: Scenario = {
  ...listed("slow-load"),
  title: "Redis loads slowly",
  steps: [firstDeploy, slowLoad, checkWrites],
};
