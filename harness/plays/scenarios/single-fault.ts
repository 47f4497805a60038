import { type Fault, titleOf } from "../faults/fault.ts";
import { checked, measured } from "../steps/fault-step.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { checkWrites } from "../steps/check-writes.ts";
import type { Scenario, Script } from "./scenario.ts";

/** A fault under load: its effect is measured, and no write may be lost. */
export const faultScenario = (fault: Fault): Scenario => ({
  name: fault.name,
  title: capitalized(titleOf(fault)),
  description: `In AWS: ${fault.inAws}.`,
  ...speedOf(fault),
  steps: [firstDeploy, measured(fault), checkWrites],
});

const capitalized = (title: string): string => title.replace(/^./, (first) => first.toUpperCase());

function speedOf({ speed }: Fault): Pick<Scenario, "speed"> {
  return speed === undefined ? {} : { speed };
}

/** A scenario with the name of a fault, which checks the fault's expectations. */
export const about = (fault: Fault): Script => ({
  title: capitalized(titleOf(fault)),
  ...speedOf(fault),
  steps: [firstDeploy, checked(fault), checkWrites],
});
