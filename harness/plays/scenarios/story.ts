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
    "First deploy, app redeploy, Redis moves to another host and port, Redis is slow to load: the app keeps serving, and no acknowledged write is lost.",
  steps: [firstDeploy, appDeploy, redisMoves, slowLoad, writesAreThere],
};

// Parts of the story.

export const after: Scenario = {
  name: "after",
  title: "The new setup",
  description:
    "What happens in `before` happens again, with Redis as a service of its own: the app deploy starts no Redis, and a Redis that is slow to load is left to load.",
  steps: [firstDeploy, appDeploy, slowLoad, writesAreThere],
};

export const redisMovesScenario: Scenario = {
  name: "redis-moves",
  title: "Redis moves",
  description:
    "The host of Redis is drained: Redis starts on another host and port, and the app finds it there by itself.",
  steps: [firstDeploy, redisMoves, writesAreThere],
};

export const slowLoadScenario: Scenario = {
  name: "slow-load",
  title: "Redis loads slowly",
  description:
    "Redis is killed while EFS is slow: it is left to load for as long as it takes, and neither it nor the app is restarted for it.",
  steps: [firstDeploy, slowLoad, writesAreThere],
};
