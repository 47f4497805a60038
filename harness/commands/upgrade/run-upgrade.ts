import { randomInt } from "node:crypto";
import { join } from "node:path";
import type { RootModule } from "../../ecs/index.ts";
import { play } from "../../plays/play.ts";
import { environmentSetup } from "../../plays/setups/environment-setup.ts";
import { LARGEST_SEED } from "../../plays/stage/random.ts";
import { failed } from "../../plays/stage/results.ts";
import { firstDeploy } from "../../plays/steps/first-deploy.ts";
import { upgradeTo } from "../../plays/steps/upgrade.ts";
import { checkWrites } from "../../plays/steps/check-writes.ts";
import { type Analysis, analyse, refuseElsewhere } from "../../upgrade/analyse.ts";
import { effectOf } from "../../upgrade/notice.ts";
import { defaultFrom } from "../../upgrade/git.ts";
import { oldVersion } from "../../upgrade/old-version.ts";
import { onRunningHosts, whyUnplayable } from "../../upgrade/unplayable.ts";
import { upgradeTable } from "../../upgrade/upgrade-table.ts";
import { renderSummary } from "../../views/terminal/summary-table.ts";
import { upgradeReport } from "../../views/terminal/upgrade-report.ts";
import { plainView } from "../../views/terminal/viewer.ts";
import { columnsOf } from "../../views/terminal/wrap.ts";
import { HERE } from "../../../command-line/options.ts";
import { environments } from "../shared/environments.ts";
import { prepareMachine } from "../shared/prepare-machine.ts";
import type { UpgradeOptions } from "./options.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** Shows an upgrade and plays it. @returns the exit code */
export async function runUpgrade(options: UpgradeOptions, signal: AbortSignal): Promise<number> {
  const { environment, isMarkdown, isPlayed } = options;
  const from = options.from ?? (await defaultFrom(ROOT));
  const old = await oldVersion({
    root: ROOT,
    from,
    here: HERE,
    environment,
    signal,
    say: (text) => console.error(text),
  });
  const setup = environmentSetup(environment, { environments });
  const analysis = await analyse(setup, old, from);
  refuseElsewhere(analysis);
  const { summary } = analysis;
  console.log(
    isMarkdown ? upgradeTable([summary]) : upgradeReport(summary, columnsOf(process.stdout)),
  );
  if (!isPlayed || summary.changes.length === 0) return 0;
  const next = onRunningHosts(analysis.upgrade.old, setup.local.template as RootModule);
  const why = await whyUnplayable(analysis.setup, next, effectOf(summary.notices));
  if (why === undefined) return playUpgrade(analysis, next, signal);
  console.log(`not played: ${why}`);
  return 0;
}

/** Deploys the new version over the old one, with data and users. */
async function playUpgrade(
  { setup, summary }: Analysis,
  next: RootModule,
  signal: AbortSignal,
): Promise<number> {
  await prepareMachine();
  const seed = randomInt(LARGEST_SEED);
  const effect = effectOf(summary.notices);
  const isRestarting = { none: false, restarts: true }[effect as string];
  const scenario = {
    name: "upgrade",
    title: `${setup.environment} from ${summary.from} to this version`,
    description: "The new version is deployed over the old one, with data and users.",
    steps: [firstDeploy, upgradeTo(next, isRestarting), checkWrites],
  };
  const viewer = plainView(process.stdout);
  const recording = await play({ scenario, setup, seed, signal, viewer }).finally(() =>
    viewer.close(),
  );
  console.log(renderSummary(recording, columnsOf(process.stdout)));
  return failed(recording).length === 0 ? 0 : 1;
}
