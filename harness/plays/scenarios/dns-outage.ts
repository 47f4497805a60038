import { dnsDenies, dnsDown, dnsDownWhileMoving } from "../faults/naming-faults.ts";
import { checked } from "../steps/fault-step.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { writesAreThere } from "../steps/writes-are-there.ts";
import type { Scenario } from "./scenario.ts";

export const dnsOutage: Scenario = {
  name: "dns-outage",
  title: "DNS fails",
  description:
    "While Redis stays, no user notices. While it moves, the app comes back when DNS does; if DNS denies the name, the Cloud Map API is asked.",
  steps: [
    firstDeploy,
    checked(dnsDown),
    checked(dnsDownWhileMoving),
    checked(dnsDenies),
    writesAreThere,
  ],
};
