import type { Impact } from "../faults/fault.ts";
import { diskFull, frozen, hostLost, partitioned, portReused } from "../faults/redis-faults.ts";
import type { Stage } from "../stage/stage.ts";
import { broken } from "../steps/fault-step.ts";
import {
  expectAllAnswered,
  expectNoRestarts,
  expectNoticed,
  expectRecovery,
} from "../faults/expectations.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { redisMoves } from "../steps/redis-moves.ts";
import { slowLoad } from "../steps/slow-load.ts";
import { writesAreThere } from "../steps/writes-are-there.ts";
import type { Scenario } from "./scenario.ts";

/** Scenarios of what happens to Redis. */

/** While Redis cannot be used users are told to come again; nothing is restarted for it. */
function expectWaiting(stage: Stage, impact: Impact): void {
  expectNoticed(stage, impact);
  expectAllAnswered(stage, impact);
  expectNoRestarts(stage, impact);
  expectRecovery(stage, impact, 5_000);
}

export const redisMovesScenario: Scenario = {
  name: "redis-moves",
  title: "Redis moves",
  description:
    "The host of Redis is drained: Redis starts on another host and port, and the app finds it there by itself.",
  steps: [firstDeploy, redisMoves, writesAreThere],
};

export const slowLoadScenario: Scenario = {
  name: "slow-load",
  title: "Redis loads slowly",
  description:
    "Redis is killed while EFS is slow: it is left to load for as long as it takes, and neither it nor the app is restarted for it.",
  steps: [firstDeploy, slowLoad, writesAreThere],
};

export const hostLostScenario: Scenario = {
  name: "host-lost",
  title: "The host of Redis is lost",
  description:
    "All on one host falls silent at once: Redis and the app's tasks start elsewhere, Redis as soon as the lost one's lock is free.",
  steps: [
    firstDeploy,
    broken(hostLost, (stage, impact) => {
      const { results, ecs } = stage;
      const { redisStarts } = impact;
      results.expect("Redis was started once", redisStarts === 1, redisStarts);
      const active = ecs.hosts.filter(({ status }) => status === "ACTIVE").length;
      results.expect("there are two hosts again", active === 2, `${active} hosts`);
      expectNoticed(stage, impact);
      expectRecovery(stage, impact, 15_000);
    }),
    writesAreThere,
  ],
};

export const partitionScenario: Scenario = {
  name: "partition",
  title: "The network to Redis is cut",
  description:
    "For some seconds nothing passes between Redis and anybody else, and nothing is refused: users are told to come again, nothing is restarted.",
  steps: [firstDeploy, broken(partitioned, expectWaiting), writesAreThere],
};

export const frozenScenario: Scenario = {
  name: "frozen",
  title: "Redis hangs",
  description:
    "Redis stands still for some seconds and goes on: users are told to come again, nothing is restarted.",
  steps: [firstDeploy, broken(frozen, expectWaiting), writesAreThere],
};

export const diskFullScenario: Scenario = {
  name: "disk-full",
  title: "The disk is full",
  description:
    "Redis cannot append to its file for some seconds: it refuses writes, so that none is acknowledged and lost, and takes them again by itself.",
  steps: [firstDeploy, broken(diskFull, expectWaiting), writesAreThere],
};

export const portReuseScenario: Scenario = {
  name: "port-reuse",
  title: "Another task gets Redis' port",
  description:
    "Redis moves, and something that is not Redis listens on its old port while DNS still names it: the app is not fooled.",
  steps: [
    firstDeploy,
    broken(portReused, (stage, impact) => {
      expectAllAnswered(stage, impact);
      const { redisStarts } = impact;
      stage.results.expect("Redis was started once", redisStarts === 1, redisStarts);
      expectRecovery(stage, impact, 5_000);
    }),
    writesAreThere,
  ],
};
