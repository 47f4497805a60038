import { checkWrites } from "../steps/check-writes.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { plannedChange } from "../steps/planned-change.ts";
import type { Script } from "./scenario.ts";

/** @param isRestarting whether Redis is expected to restart. @default unknown */
export const plannedChangeScript = (isRestarting?: boolean): Script => ({
  title: "a planned change on running services",
  steps: [firstDeploy, plannedChange(isRestarting), checkWrites],
});
