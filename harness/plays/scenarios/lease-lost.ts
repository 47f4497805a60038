import { firstDeploy } from "../steps/first-deploy.ts";
import { leaseLost, SPEED } from "../steps/lease-lost.ts";
import type { Scenario } from "./scenario.ts";

export const leaseLostScenario: Scenario = {
  name: "lease-lost",
  title: "A running Redis loses its lock",
  description:
    "The host of Redis is cut off for longer than the lease of its locks: the next one takes over, the host comes back, and its Redis writes beside the new one until its health check ends it.",
  speed: SPEED,
  steps: [firstDeploy, ...leaseLost()],
};
