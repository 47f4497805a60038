import { firstDeploy } from "../steps/first-deploy.ts";
import { storm } from "../steps/storm.ts";
import { checkWrites } from "../steps/check-writes.ts";
import { listed } from "./list.ts";
import type { Scenario } from "./scenario.ts";

export const stormScenario: Scenario = {
  ...listed("storm"),
  title: "Many clients",
  steps: [firstDeploy, storm, checkWrites],
};
