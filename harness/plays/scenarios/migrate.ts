import { oldInAccount } from "../migration/account.ts";
import { destroyLive, sendUsersBack, startOld } from "../steps/migrate-back.ts";
import {
  deployBeside,
  handOver,
  moveUsers,
  nameWhatExists,
  protect,
  releaseApp,
  removeOld,
  stopOld,
  takeStock,
} from "../steps/migrate.ts";
import { oneWriter, watchedDeploy } from "../steps/migration-looks.ts";
import { writesAreThere } from "../steps/writes-are-there.ts";
import type { Scenario } from "./scenario.ts";

/** The steps of docs/migration.md, in its order. */
export const guide = [
  takeStock,
  releaseApp,
  nameWhatExists,
  deployBeside,
  stopOld,
  handOver,
  moveUsers,
  removeOld,
  protect,
];

export const migrateScenario: Scenario = {
  name: "migrate",
  title: "From the old setup to the new one",
  description:
    "docs/migration.md, step by step: Redis' folder goes from the old task to a separate service, with one writer at a time and nothing lost.",
  steps: [watchedDeploy, ...guide, writesAreThere, oneWriter],
  setup: oldInAccount,
};

export const migrateBackScenario: Scenario = {
  name: "migrate-back",
  title: "Back to the old setup",
  description:
    "The way back of docs/migration.md, after users have moved: the old task serves what the new one wrote.",
  steps: [
    watchedDeploy,
    ...guide.slice(0, guide.indexOf(removeOld)),
    sendUsersBack,
    destroyLive,
    startOld,
    writesAreThere,
    oneWriter,
  ],
  setup: oldInAccount,
};
