import { onTheWay } from "../migration/change-over.ts";
import {
  changeOver,
  copyData,
  endIt,
  everyType,
  makeOther,
  stopApp,
} from "../steps/to-elasticache.ts";
import { checkWrites } from "../steps/check-writes.ts";
import { listed } from "./list.ts";
import type { Scenario } from "./scenario.ts";

/** The steps of docs/migration.md, in its order. */
export const guide = [makeOther, stopApp, copyData, changeOver, endIt];

export const toElastiCacheScenario: Scenario = {
  ...listed("to-elasticache"),
  title: "On to ElastiCache",
  steps: [everyType, ...guide, checkWrites],
  setup: onTheWay,
};
