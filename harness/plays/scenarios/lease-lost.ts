import { firstDeploy } from "../steps/first-deploy.ts";
import { leaseLost, SPEED } from "../steps/lease-lost.ts";
import { listed } from "./list.ts";
import type { Scenario } from "./scenario.ts";

export const leaseLostScenario: Scenario = {
  ...listed("lease-lost"),
  title: "A running Redis loses its lock",
  speed: SPEED,
  steps: [firstDeploy, ...leaseLost()],
};
