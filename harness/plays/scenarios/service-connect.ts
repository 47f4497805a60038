import { serviceConnect } from "../setups/service-connect-setup.ts";
import { checkWrites } from "../steps/check-writes.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { deployedFirst, movesUnderBoth } from "../steps/service-connect.ts";
import { listed } from "./list.ts";
import type { Scenario } from "./scenario.ts";

export const serviceConnectScenario: Scenario = {
  ...listed("service-connect"),
  title: "SRV records and Service Connect",
  steps: [firstDeploy, movesUnderBoth, deployedFirst, checkWrites],
  setup: serviceConnect,
};
