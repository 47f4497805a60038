import { backedUpSetup } from "../migration/drill-account.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { restoreDrill } from "../steps/restore-drill.ts";
import { writesAreThere } from "../steps/writes-are-there.ts";
import type { Scenario } from "./scenario.ts";

export const restoreDrillScenario: Scenario = {
  name: "restore-drill",
  title: "A backup is restored",
  description:
    "docs/operations.md, the restore drill: a backup reads the file system while Redis rewrites its file, and a second environment loads the copy that a scheduled task had made.",
  steps: [firstDeploy, ...restoreDrill(), writesAreThere],
  setup: backedUpSetup,
};
