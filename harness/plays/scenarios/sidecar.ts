import { sidecar } from "../setups/sidecar-setup.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { programCounts, programGoesOn } from "../steps/sidecar.ts";
import { writesAreThere } from "../steps/writes-are-there.ts";
import { listed } from "./list.ts";
import type { Scenario } from "./scenario.ts";

export const sidecarScenario: Scenario = {
  ...listed("sidecar"),
  title: "An app in another language",
  steps: [firstDeploy, programCounts, programGoesOn, writesAreThere],
  setup: sidecar,
};
