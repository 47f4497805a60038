import { backedUpSetup } from "../migration/drill-account.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { restoreDrill } from "../steps/restore-drill.ts";
import { checkWrites } from "../steps/check-writes.ts";
import { listed } from "./list.ts";
import type { Scenario } from "./scenario.ts";

export const restoreDrillScenario: Scenario = {
  ...listed("restore-drill"),
  title: "A backup is restored",
  steps: [firstDeploy, ...restoreDrill(), checkWrites],
  setup: backedUpSetup,
};
