import { dnsDenies, dnsDown, dnsDownWhileMoving } from "../faults/naming-faults.ts";
import { checked } from "../steps/fault-step.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { checkWrites } from "../steps/check-writes.ts";
import { listed } from "./list.ts";
import type { Scenario } from "./scenario.ts";

export const dnsOutage: Scenario = {
  ...listed("dns-outage"),
  title: "DNS fails",
  steps: [
    firstDeploy,
    checked(dnsDown),
    checked(dnsDownWhileMoving),
    checked(dnsDenies),
    checkWrites,
  ],
};
