import { sidecar } from "../setups/sidecar-setup.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { programCounts, programGoesOn } from "../steps/sidecar.ts";
import { writesAreThere } from "../steps/writes-are-there.ts";
import type { Scenario } from "./scenario.ts";

export const sidecarScenario: Scenario = {
  name: "sidecar",
  title: "An app in another language",
  description:
    "redis-cli does not know SRV records. It runs beside `srv-dialer forward` in one task: Redis starts on another port, and redis-cli continues to count.",
  steps: [firstDeploy, programCounts, programGoesOn, writesAreThere],
  setup: sidecar,
};
