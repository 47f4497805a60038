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
