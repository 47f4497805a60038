import { dnsDown, dnsDownWhileMoving, dnsSaysNoWhileMoving } from "../faults/naming-faults.ts";
import { broken } from "../steps/fault-step.ts";
import {
  expectAllAnswered,
  expectAllServed,
  expectNoRestarts,
  expectNoticed,
  expectRecovery,
  expectServedAtTheEnd,
} from "../faults/expectations.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { writesAreThere } from "../steps/writes-are-there.ts";
import type { Scenario } from "./scenario.ts";

export const dnsOutage: Scenario = {
  name: "dns-outage",
  title: "DNS fails",
  description:
    "While Redis stays, nobody notices. While it moves, the app comes back when DNS does; if DNS denies the name, the Cloud Map API is asked.",
  steps: [
    firstDeploy,
    broken(dnsDown, (stage, impact) => {
      expectAllServed(stage, impact);
      expectNoRestarts(stage, impact);
    }),
    broken(dnsDownWhileMoving, (stage, impact) => {
      expectNoticed(stage, impact);
      expectAllAnswered(stage, impact);
      expectRecovery(stage, impact, 5_000);
    }),
    broken(dnsSaysNoWhileMoving, (stage, impact) => {
      expectServedAtTheEnd(stage, impact, 2_000);
      expectAllAnswered(stage, impact);
    }),
    writesAreThere,
  ],
};
