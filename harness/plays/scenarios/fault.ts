import { impactOf } from "../faults/fault.ts";
import type { FaultRow } from "../faults/index.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { writesAreThere } from "../steps/writes-are-there.ts";
import type { Scenario } from "./scenario.ts";

/** One fault under the app's users: what it does to them is measured, and no write may be lost. */
export const faultScenario = ({ name, breakage }: FaultRow): Scenario => ({
  name,
  title: breakage.title,
  description: breakage.inAws,
  steps: [
    firstDeploy,
    {
      title: breakage.title,
      play: async (stage) => {
        await impactOf(stage, breakage);
      },
    },
    writesAreThere,
  ],
});
