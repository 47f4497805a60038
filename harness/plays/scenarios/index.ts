import { before } from "./before.ts";
import { dnsOutage } from "./dns-outage.ts";
import { leaseLostScenario } from "./lease-lost.ts";
import { migrateBackScenario, migrateScenario } from "./migrate.ts";
import { type ScenarioName, scenarioNames } from "./list.ts";
import type { Scenario } from "./scenario.ts";
import { redisLifeScenario } from "./redis-lifecycle.ts";
import { restoreDrillScenario } from "./restore-drill.ts";
import { rotationScenario } from "./rotation.ts";
import { serviceConnectScenario } from "./service-connect.ts";
import { sidecarGo, sidecarPython, sidecarScenario } from "./sidecar.ts";
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

const SCENARIOS: Readonly<Record<ScenarioName, Scenario>> = {
  story,
  before,
  after,
  "redis-moves": redisMovesScenario,
  "slow-load": slowLoadScenario,
  "redis-life": redisLifeScenario,
  "host-lost": hostLostScenario,
  "dns-outage": dnsOutage,
  overlap: overlapScenario,
  "without-lock": withoutLockScenario,
  "lease-lost": leaseLostScenario,
  "bad-deploy": badDeployScenario,
  storm: stormScenario,
  partition: partitionScenario,
  frozen: frozenScenario,
  "disk-full": diskFullScenario,
  "port-reuse": portReuseScenario,
  "service-connect": serviceConnectScenario,
  sidecar: sidecarScenario,
  "sidecar-python": sidecarPython,
  "sidecar-go": sidecarGo,
  rotation: rotationScenario,
  "restore-drill": restoreDrillScenario,
  migrate: migrateScenario,
  "migrate-back": migrateBackScenario,
  "to-elasticache": toElastiCacheScenario,
};

export const scenarioOf = (name: ScenarioName): Scenario => SCENARIOS[name];

/** All scenarios, in the order of the list. The first is the default. */
export const scenarios: readonly Scenario[] = scenarioNames.map(scenarioOf);
