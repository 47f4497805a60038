import { badDeploy } from "../faults/app-faults.ts";
import { type Fault, titleOf } from "../faults/fault.ts";
import { diskFull, hostLost, partition, portReuse, redisFrozen } from "../faults/redis-faults.ts";
import { checked, measured } from "../steps/fault-step.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { writesAreThere } from "../steps/writes-are-there.ts";
import type { Scenario } from "./scenario.ts";

/** Any fault under the app's users: what it does to them is measured, and no write may be lost. */
export const faultScenario = (fault: Fault): Scenario => ({
  name: fault.name,
  title: titleOf(fault),
  description: fault.inAws,
  ...speedOf(fault),
  steps: [firstDeploy, measured(fault), writesAreThere],
});

function speedOf({ speed }: Fault): Pick<Scenario, "speed"> {
  return speed === undefined ? {} : { speed };
}

/** A scenario about one fault: it has the fault's name, and checks what the fault's row expects. */
const about = (fault: Fault, description: string): Scenario => ({
  name: fault.name,
  title: titleOf(fault).replace(/^./, (first) => first.toUpperCase()),
  description,
  ...speedOf(fault),
  steps: [firstDeploy, checked(fault), writesAreThere],
});

export const badDeployScenario = about(
  badDeploy,
  "An app release whose tasks end at once: the circuit breaker rolls it back, users and Redis notice nothing.",
);

export const hostLostScenario = about(
  hostLost(),
  "Everything on one host falls silent at once: Redis and the app's tasks start elsewhere, Redis as soon as the lost one's lock is free.",
);

export const partitionScenario = about(
  partition,
  "For some seconds nothing passes to or from Redis, and nothing is refused: users are asked to try again, nothing is restarted.",
);

export const frozenScenario = about(
  redisFrozen,
  "Redis is frozen for some seconds and then continues: users are asked to try again, nothing is restarted.",
);

export const diskFullScenario = about(
  diskFull,
  "Redis cannot append to its file for some seconds: it refuses writes, so that none is acknowledged and lost, and takes them again by itself.",
);

export const portReuseScenario = about(
  portReuse,
  "Redis moves, and something that is not Redis listens on its old port while DNS still names it: the app notices that it is not Redis.",
);
