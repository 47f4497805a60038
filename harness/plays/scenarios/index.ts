import { before } from "./before.ts";
import { dnsOutage } from "./dns-outage.ts";
import { leaseLostScenario } from "./lease-lost.ts";
import { migrateBackScenario, migrateScenario } from "./migrate.ts";
import type { Scenario } from "./scenario.ts";
import { redisLifeScenario } from "./redis-life.ts";
import { restoreDrillScenario } from "./restore-drill.ts";
import { sidecarScenario } from "./sidecar.ts";
import { stormScenario } from "./storm.ts";
import { overlapScenario, withoutLockScenario } from "./overlap.ts";
import {
  badDeployScenario,
  diskFullScenario,
  frozenScenario,
  hostLostScenario,
  partitionScenario,
  portReuseScenario,
} from "./single-fault.ts";
import { after, redisMovesScenario, slowLoadScenario, story } from "./story.ts";
import { toElastiCacheScenario } from "./to-elasticache.ts";

/** Every scenario, in the order in which they are listed; the first is played by default. */
export const scenarios = [
  story,
  before,
  after,
  redisMovesScenario,
  slowLoadScenario,
  redisLifeScenario,
  hostLostScenario,
  dnsOutage,
  overlapScenario,
  withoutLockScenario,
  leaseLostScenario,
  badDeployScenario,
  stormScenario,
  partitionScenario,
  frozenScenario,
  diskFullScenario,
  portReuseScenario,
  sidecarScenario,
  restoreDrillScenario,
  migrateScenario,
  migrateBackScenario,
  toElastiCacheScenario,
] as const satisfies readonly Scenario[];

/** @throws an error that names those there are */
export function scenarioOf(name: string): Scenario {
  const scenario = scenarios.find((each) => each.name === name);
  if (scenario !== undefined) return scenario;
  const known = scenarios.map((each) => each.name).join(", ");
  throw new RangeError(`there is no scenario "${name}"; scenarios are: ${known}`);
}

/** Their names and what they show, for people. */
export function scenarioList(): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  return scenarios
    .map(({ name, description }) => `${name.padEnd(width)}  ${description}`)
    .join("\n");
}
