import { dnsDenies, dnsDown, dnsDownWhileMoving } from "../faults/naming-faults.ts";
import { checked } from "../steps/fault-step.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { checkWrites } from "../steps/check-writes.ts";
import type { Script } from "./scenario.ts";

export const dnsOutage: Script = {
  title: "DNS fails",
  steps: [
    firstDeploy,
    checked(dnsDown),
    checked(dnsDownWhileMoving),
    checked(dnsDenies),
    checkWrites,
  ],
};
