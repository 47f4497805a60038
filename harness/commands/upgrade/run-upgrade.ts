import { randomInt } from "node:crypto";
import { resolve } from "node:path";
import { play } from "../../plays/play.ts";
import { plannedChangeScript } from "../../plays/scenarios/planned-change.ts";
import { inSetup } from "../../plays/scenarios/scenario.ts";
import { LARGEST_SEED } from "../../plays/stage/random.ts";
import { analyse, type UpgradeSummary } from "../../upgrade/analyse.ts";
import { effectOf, isLosing } from "../../upgrade/notice.ts";
import { noticedIn } from "../../upgrade/noticed.ts";
import { renderSummary } from "../../views/terminal/summary-table.ts";
import { upgradeReport } from "../../views/terminal/upgrade-report.ts";
import { plainView } from "../../views/terminal/viewer.ts";
import { columnsOf } from "../../views/terminal/wrap.ts";
import { upgradeComment } from "../../views/upgrade-comment.ts";
import type { Played } from "../../views/upgrade-words.ts";
import { HERE, UsageError } from "../../../command-line/options.ts";
import { prepareMachine } from "../shared/prepare-machine.ts";
import { isAgreedTo } from "../shared/templates/confirm.ts";
import { asOptionError, TemplateError } from "../shared/options/option-errors.ts";
import { playablePlan } from "../shared/templates/playable-plan.ts";
import type { UpgradeOptions } from "./options.ts";

/** Shows what a plan does, and plays it. @returns the exit code */
export async function runUpgrade(options: UpgradeOptions, signal: AbortSignal): Promise<number> {
  const summary = await summaryOf(options);
  const { isMarkdown } = options;
  if (!isMarkdown) console.log(upgradeReport(summary, columnsOf(process.stdout)));
  const isLost = isLosing(effectOf(summary.notices));
  const played = await playedOf(options, summary, signal).catch((error: unknown) => {
    if (!(error instanceof UsageError)) throw error;
    const reasons = reasonsOf(error);
    const [why = ""] = reasons;
    // What the plan says is more important than the play.
    if (isLost) return why;
    if (isMarkdown) console.log(upgradeComment(summary, why));
    throw new UsageError(`error: ${reasons.join("\n  ")}\n  without the play: --no-play`, {
      cause: error,
    });
  });
  if (isMarkdown) console.log(upgradeComment(summary, played));
  else if (typeof played === "string") console.log(`not played: ${played}`);
  const isWrong = typeof played !== "string" && played.failures.length > 0;
  return isWrong || isLost ? 1 : 0;
}

/** @throws UsageError for what is no plan */
async function summaryOf({ plan, name }: UpgradeOptions): Promise<UpgradeSummary> {
  const { resolve: resolved, configuration, attribute: attributes } = plan;
  const folder = configuration === undefined ? {} : { configuration: resolve(HERE, configuration) };
  const options = { resolve: resolved, attributes, ...folder };
  return analyse(resolve(HERE, plan.plan), name, options).catch((error: unknown) => {
    const rewritten = asOptionError(error, "plan");
    if (!(rewritten instanceof UsageError)) throw rewritten;
    throw new UsageError(`error: ${reasonsOf(rewritten).join("\n  ")}`, { cause: error });
  });
}

/** The lines of an error. The plan is an argument here, and no option. */
function reasonsOf(error: UsageError): readonly string[] {
  if (!(error instanceof TemplateError)) return [error.reason];
  const [first = "", ...others] = error.reasons;
  return [`the plan: ${first}`, ...others];
}

/** Plays the change, with progress on standard error where the comment is on standard output. */
async function playedOf(
  { plan, isPlayed, isMarkdown }: UpgradeOptions,
  summary: UpgradeSummary,
  signal: AbortSignal,
): Promise<Played> {
  const why = isPlayed ? whyNotPlayed(summary) : "asked not to, with --no-play";
  if (why !== undefined) return why;
  await prepareMachine();
  const playable = await playablePlan(plan);
  const { changes, fixed, isGuestBook, isOwn } = playable;
  if (fixed !== undefined) return `${fixed} cannot change while tasks run here`;
  if (changes === 0) return "nothing that it changes runs here";
  const out = isMarkdown ? process.stderr : process.stdout;
  if (!(await isAgreedTo(playable.summary, plan, signal, out))) return "the commands may not run";
  const setup = playable.setup();
  const script = plannedChangeScript(isRestarting(summary));
  const scenario = inSetup({ name: "upgrade", description: "", ...script }, setup);
  const viewer = plainView(out, isOwn);
  const seed = randomInt(LARGEST_SEED);
  const recording = await play({ scenario, setup, seed, signal, viewer }).finally(() =>
    viewer.close(),
  );
  out.write(`${renderSummary(recording, columnsOf(out))}\n`);
  return noticedIn(recording, isGuestBook);
}

/** Whether the played Redis is expected to restart. Undefined: unknown. */
function isRestarting({ notices, redis }: UpgradeSummary): boolean | undefined {
  const expected = { none: false, restarts: true }[effectOf(notices) as string];
  // With several, the notice may be about another one.
  return redis.before.length > 1 && expected === true ? undefined : expected;
}

/** Why a change cannot be played, as far as the plan says. Undefined: it can. */
function whyNotPlayed({ changes, notices, redis }: UpgradeSummary): string | undefined {
  if (changes.length === 0) return "the plan changes nothing";
  if (redis.before.length === 0) return "no Redis runs on ECS before the change";
  if (redis.before.join() !== redis.after.join()) return "Redis runs in another service after it";
  const isOtherVersion = effectOf(notices) === "does not start";
  return isOtherVersion ? "one version of Redis runs here for every image" : undefined;
}
