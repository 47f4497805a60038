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
import { oneWriter, watchedDeploy } from "../steps/migration-checks.ts";
import { checkWrites } from "../steps/check-writes.ts";
import { listed } from "./list.ts";
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
  ...listed("migrate"),
  title: "From the old setup to the new one",
  steps: [watchedDeploy, ...guide, checkWrites, oneWriter],
  setup: oldInAccount,
};

export const migrateBackScenario: Scenario = {
  ...listed("migrate-back"),
  title: "Back to the old setup",
  steps: [
    watchedDeploy,
    ...guide.slice(0, guide.indexOf(removeOld)),
    sendUsersBack,
    destroyLive,
    startOld,
    checkWrites,
    oneWriter,
  ],
  setup: oldInAccount,
};
