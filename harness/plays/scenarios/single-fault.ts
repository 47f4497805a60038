import { badDeploy } from "../faults/app-faults.ts";
import { type Fault, titleOf } from "../faults/fault.ts";
import { diskFull, hostLost, partition, portReuse, redisFrozen } from "../faults/redis-faults.ts";
import { checked, measured } from "../steps/fault-step.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { checkWrites } from "../steps/check-writes.ts";
import { type ScenarioName, listed } from "./list.ts";
import type { Scenario } from "./scenario.ts";

/** A fault under load: its effect is measured, and no write may be lost. */
export const faultScenario = (fault: Fault): Scenario => ({
  name: fault.name,
  title: capitalized(titleOf(fault)),
  description: fault.inAws,
  ...speedOf(fault),
  steps: [firstDeploy, measured(fault), checkWrites],
});

const capitalized = (title: string): string => title.replace(/^./, (first) => first.toUpperCase());

function speedOf({ speed }: Fault): Pick<Scenario, "speed"> {
  return speed === undefined ? {} : { speed };
}

/** A scenario with the name of a fault, which checks the fault's expectations. */
const about = (name: ScenarioName, fault: Fault): Scenario => ({
  ...listed(name),
  title: capitalized(titleOf(fault)),
  ...speedOf(fault),
  steps: [firstDeploy, checked(fault), checkWrites],
});

export const badDeployScenario = about("bad-deploy", badDeploy);

export const hostLostScenario = about("host-lost", hostLost());

export const partitionScenario = about("partition", partition);

export const frozenScenario = about("frozen", redisFrozen);

export const diskFullScenario = about("disk-full", diskFull);

export const portReuseScenario = about("port-reuse", portReuse);
