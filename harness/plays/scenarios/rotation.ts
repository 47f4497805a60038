import { rotationSetup } from "../setups/rotation-setup.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { rotation } from "../steps/rotation.ts";
import { writesAreThere } from "../steps/writes-are-there.ts";
import { listed } from "./list.ts";
import type { Scenario } from "./scenario.ts";

export const rotationScenario: Scenario = {
  ...listed("rotation"),
  title: "The password is rotated",
  steps: [firstDeploy, ...rotation(), writesAreThere],
  setup: rotationSetup,
};
