import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { backUp } from "../migration/backup.ts";
import {
  COPY_TASK,
  RESTORED,
  backedUpSetup,
  drillSetup,
  withDrill,
  withoutDrill,
} from "../migration/drill-account.ts";
import { REDIS } from "../setups/setup.ts";
import { isServed } from "../stage/load.ts";
import { countOf } from "../stage/measures.ts";
import { seconds } from "../stage/results.ts";
import type { Stage } from "../stage/stage.ts";
import { SEEDED_KEYS, firstDeploy } from "../steps/first-deploy.ts";
import { inFolder, untilServiceStopped } from "../steps/migration-checks.ts";
import { rewriteFile } from "../steps/rewrite-file.ts";
import type { Step } from "../steps/step.ts";
import { unnoticed } from "../steps/unnoticed-deploy.ts";
import { checkWrites } from "../steps/check-writes.ts";
import type { Script } from "./scenario.ts";

// The restore drill of docs/operations.md.

/** Minimum number of acknowledged writes for the drill. */
const WRITES = 20;

const MANIFEST = "appendonlydir/appendonly.aof.manifest";

/** @returns the steps of one drill */
function restoreDrill(): Step[] {
  let copy = "";
  let guests: readonly string[] = [];
  return [
    {
      title: "The scheduled task copies",
      play: async (stage) => {
        await stage.until("users have written", () => stage.load.acknowledged.length >= WRITES);
        guests = [...stage.load.acknowledged];
        copy = await copiedByTask(stage);
      },
    },
    {
      title: "A backup reads while Redis rewrites",
      play: (stage) => backUpMeanwhile(stage, copy),
    },
    {
      title: "An environment for the drill loads it",
      play: (stage) => restored(stage, copy, guests),
    },
    { title: "The drill is destroyed", play: destroyed },
  ];
}

/** Runs the copy task. @returns the name of the folder */
async function copiedByTask({ ecs, results }: Stage): Promise<string> {
  const task = await ecs.runTask(COPY_TASK);
  const said = (await ecs.log(task.id)).trim();
  const [{ exitCode } = {}] = task.containers;
  results.expect("the task made a copy", exitCode === 0, `exit code ${exitCode}, ${said}`);
  return said.split(":")[0] ?? "";
}

/** The local path of dev's Redis folder. */
function dataFolder({ writers }: Stage): string {
  const folder = writers.sample().find(inFolder("/redis"));
  if (folder === undefined) throw new Error("no Redis has the folder /redis open");
  return folder;
}

async function backUpMeanwhile(stage: Stage, copy: string): Promise<void> {
  const data = dataFolder(stage);
  const to = join(dirname(dirname(data)), "aws_efs_file_system.restored", RESTORED, "redis");
  // The second rewrite removes the files of the first.
  await backUp(data, to, () =>
    stage.readRedis(async (redis) => {
      await rewriteFile(stage, redis);
      await rewriteFile(stage, redis);
    }),
  );
  const live = missingIn(to).length;
  const { results } = stage;
  results.measure("files in the live folder's manifest that the backup lacks", live);
  results.expect("the live folder in the backup is incomplete", live > 0, `${live} files missing`);
  const missing = missingIn(join(to, copy));
  results.expect("the copy in the backup is complete", missing.length === 0, missing.join(", "));
}

function missingIn(folder: string): string[] {
  const named = readFileSync(join(folder, MANIFEST), "utf8").matchAll(/^file (\S+)/gm);
  return [...named]
    .map(([, name = ""]) => name)
    .filter((name) => !existsSync(join(folder, "appendonlydir", name)));
}

async function restored(stage: Stage, copy: string, guests: readonly string[]): Promise<void> {
  const { ecs, results } = stage;
  const began = stage.now();
  await ecs.apply(withDrill(`/${RESTORED}/redis/${copy}`));
  await ecs.waitUntilStable();
  results.measure("time to recover", seconds(stage.now() - began));
  await stage.readRedis(async (redis) => {
    const seeds = await redis.exists("seed:0", `seed:${SEEDED_KEYS - 1}`);
    results.expect("its keys are restored", seeds === 2, await redis.dbsize());
    const found = await redis.smismember("guests", [...guests]);
    const lost = found.filter((isThere) => isThere === 0).length;
    results.expect("writes acknowledged before the copy are restored", lost === 0, `${lost} lost`);
  }, drillSetup());
  const starts = stage.startsSince(began, REDIS);
  results.expect("Redis was started once, for the drill", starts === 1, starts);
  const outcomes = await stage.settledSince(began);
  results.expect("users notice nothing", outcomes.every(isServed), countOf(outcomes));
}

async function destroyed(stage: Stage): Promise<void> {
  await unnoticed(stage, async () => {
    const changes = await stage.ecs.apply(withoutDrill());
    for (const service of Object.values(drillSetup().services)) {
      await untilServiceStopped(stage, service);
    }
    return changes;
  });
}

export const restoreDrillScenario: Script = {
  title: "A backup is restored",
  steps: [firstDeploy, ...restoreDrill(), checkWrites],
  setup: backedUpSetup,
};
