import { appDeploy } from "../steps/app-deploy.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { redisMoves } from "../steps/redis-moves.ts";
import { slowLoad } from "../steps/slow-load.ts";
import { writesAreThere } from "../steps/writes-are-there.ts";
import type { Scenario } from "./scenario.ts";

export const story: Scenario = {
  name: "story",
  title: "The whole story",
  description:
    "First deploy, app redeploy, Redis moves to another host and port, Redis loads slowly: the app keeps serving, and no acknowledged write is lost.",
  steps: [firstDeploy, appDeploy, redisMoves, slowLoad, writesAreThere],
};

// Parts of the story.

export const after: Scenario = {
  name: "after",
  title: "The new setup",
  description:
    "The same events as in `before`, with Redis as a separate service: the app deploy starts no Redis, and a Redis that loads slowly is not restarted.",
  steps: [firstDeploy, appDeploy, slowLoad, writesAreThere],
};

export const redisMovesScenario: Scenario = {
  name: "redis-moves",
  title: "Redis moves",
  description:
    "The host of Redis is drained: Redis starts on another host and port, and the app finds it there.",
  steps: [firstDeploy, redisMoves, writesAreThere],
};

export const slowLoadScenario: Scenario = {
  name: "slow-load",
  title: "Redis loads slowly",
  description:
    "Redis is killed while EFS is slow: it loads as long as it needs, and neither Redis nor the app is restarted.",
  steps: [firstDeploy, slowLoad, writesAreThere],
};
