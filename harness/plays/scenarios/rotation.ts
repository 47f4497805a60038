import { rotationSetup } from "../setups/rotation-setup.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { rotation } from "../steps/rotation.ts";
import { checkWrites } from "../steps/check-writes.ts";
import { listed } from "./list.ts";
import type { Scenario } from "./scenario.ts";

export const rotationScenario: Scenario = {
  ...listed("rotation"),
  title: "The password is rotated",
  steps: [firstDeploy, ...rotation(), checkWrites],
  setup: rotationSetup,
};
