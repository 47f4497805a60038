import { appDeploy } from "../steps/app-deploy.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { slowLoad } from "../steps/slow-load.ts";
import { writesAreThere } from "../steps/writes-are-there.ts";
import type { Scenario } from "./scenario.ts";

export const after: Scenario = {
  name: "after",
  title: "The new setup",
  description:
    "What happens in `before` happens again, with Redis as a service of its own: the app deploy starts no Redis, and a Redis that is slow to load is left to load.",
  steps: [firstDeploy, appDeploy, slowLoad, writesAreThere],
};
