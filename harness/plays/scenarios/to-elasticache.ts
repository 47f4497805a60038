import { onTheWay } from "../migration/change-over.ts";
import {
  changeOver,
  copyData,
  endIt,
  everyType,
  makeOther,
  stopApp,
} from "../steps/to-elasticache.ts";
import { writesAreThere } from "../steps/writes-are-there.ts";
import type { Scenario } from "./scenario.ts";

/** The steps of docs/to-elasticache.md, in its order. */
export const guide = [makeOther, stopApp, copyData, changeOver, endIt];

export const toElastiCacheScenario: Scenario = {
  name: "to-elasticache",
  title: "On to ElastiCache",
  description:
    "docs/to-elasticache.md, step by step: the data are copied as commands to a Redis with TLS and a password behind a plain name. The app's code does not change.",
  steps: [everyType, ...guide, writesAreThere],
  setup: onTheWay,
};
