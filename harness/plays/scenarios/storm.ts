import { firstDeploy } from "../steps/first-deploy.ts";
import { storm } from "../steps/storm.ts";
import { writesAreThere } from "../steps/writes-are-there.ts";
import type { Scenario } from "./scenario.ts";

export const stormScenario: Scenario = {
  name: "storm",
  title: "Many clients",
  description:
    "Redis moves under 200 clients, each with its own dialer. All reconnect, those that also ask the Cloud Map API within seconds, and DNS is not flooded.",
  steps: [firstDeploy, storm, writesAreThere],
};
