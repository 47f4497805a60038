import { randomInt } from "node:crypto";
import { join } from "node:path";
import { playedSetup } from "../../plays/setups/environment-setup.ts";
import { synthesizeAll } from "../../plays/setups/synthesized.ts";
import { isTogether } from "../../plays/setups/plan-redis.ts";
import type { Setup } from "../../plays/setups/setup.ts";
import { writeNamed } from "../../../command-line/options.ts";
import { isAgreedTo } from "../shared/templates/confirm.ts";
import { environments } from "../shared/environments.ts";
import { playedImages } from "../shared/images/played-images.ts";
import { checkNeeds, type PlayablePlan, playablePlan } from "../shared/templates/playable-plan.ts";
import { prepareMachine } from "../shared/prepare-machine.ts";
import { play } from "../../plays/play.ts";
import type { Recording } from "../../plays/stage/recording.ts";
import { renderReport } from "../../views/report/report.ts";
import { faultOf } from "../../plays/faults/index.ts";
import { faultScenario } from "../../plays/scenarios/single-fault.ts";
import { needsOf, scenarioOf } from "../../plays/scenarios/list.ts";
import { needsOfFault } from "../../plays/scenarios/needs.ts";
import { inSetup, type Scenario } from "../../plays/scenarios/scenario.ts";
import { LARGEST_SEED } from "../../plays/stage/random.ts";
import { failed } from "../../plays/stage/results.ts";
import { flagGiven } from "../shared/options/options.ts";
import { repeatCommand, sourceArguments } from "./report-options.ts";
import type { StartOptions } from "./options.ts";
import { liveView, plainView } from "../../views/terminal/viewer.ts";
import { columnsOf, isScreen, wrapped } from "../../views/terminal/wrap.ts";
import { nextStep } from "../../views/terminal/next-step.ts";
import { renderSummary } from "../../views/terminal/summary-table.ts";

/** Milliseconds of pause before each step in a terminal, so that the user can follow. */
const PAUSE_FOR_EYES = 2_000;

/** Plays scenarios in the local ECS, in an environment or a plan. @returns the exit code */
export async function playScenarios(given: StartOptions, signal: AbortSignal): Promise<number> {
  await prepareMachine();
  const { options, playable } = await chosen(given);
  const notes: string[] = [];
  if (playable) {
    const output = outputOf(options);
    if (!(await isAgreedTo(playable.summary, options.plan ?? {}, signal, output))) return 1;
  } else {
    const outdir = process.env["CDKTF_OUTDIR"] ?? join(import.meta.dirname, "../../../cdktf.out");
    notes.push(`synthesized ${synthesizeAll(environments, outdir).join(", ")}`);
  }
  const seed = options.seed ?? randomInt(LARGEST_SEED);
  const recordings: Recording[] = [];
  const faults = options.faults.map((name) => faultScenario(faultOf(name)));
  const scenarios = [...(await Promise.all(options.scenarios.map(scenarioOf))), ...faults];
  const { inEnvironment, kinds } = await environmentOf(
    options,
    playable === undefined ? scenarios : [],
    signal,
  );
  // Which images run comes first only for those who ask for images.
  if (kinds !== undefined && flagGiven(options.images) !== undefined) say(options, kinds);
  else if (kinds !== undefined) notes.push(kinds);
  for (const scenario of scenarios) {
    const setup = playable?.setup() ?? scenario.setup?.() ?? inEnvironment();
    const watched = { ...options, seed, follows: playable?.isOwn };
    const recording = await watch(inSetup(scenario, setup), setup, watched, signal);
    recordings.push(recording);
    say(options, renderSummary(recording, columnsOf(outputOf(options))));
  }
  if (options.json) process.stdout.write(`${JSON.stringify(recordings, undefined, 2)}\n`);
  if (options.report !== undefined) {
    const page = renderReport(recordings, repeatCommand(options, seed, options.report));
    writeNamed(options.report, page);
    say(options, `wrote ${options.report}`);
  }
  for (const note of notes) say(options, note);
  say(options, nextStep(recordings, columnsOf(outputOf(options)), sourceArguments(options)));
  return recordings.every((recording) => failed(recording).length === 0) ? 0 : 1;
}

/** The setup of the environment, for each scenario that has no stack of its own, and which images it runs from. */
async function environmentOf(
  options: StartOptions,
  scenarios: readonly Scenario[],
  signal: AbortSignal,
): Promise<{ readonly inEnvironment: () => Setup; readonly kinds?: string }> {
  const { environment, images } = options;
  if (scenarios.every(({ setup }) => setup !== undefined)) {
    return { inEnvironment: () => playedSetup(environment, { environments }) };
  }
  const own = await playedImages({ ...images, signal }, playedSetup(environment, { environments }));
  signal.throwIfAborted();
  const inEnvironment = (): Setup => playedSetup(environment, { environments, ...own });
  return { inEnvironment, kinds: own.kinds };
}

/**
 * Resolves the options of a plan. The default scenario depends on where Redis is in the plan.
 * @throws UsageError for the first scenario or fault that the plan cannot play
 */
async function chosen(
  given: StartOptions,
): Promise<{ readonly options: StartOptions; readonly playable?: PlayablePlan }> {
  if (given.plan === undefined) return { options: given };
  const playable = await playablePlan(given.plan);
  const isChosen = given.scenarios.length + given.faults.length > 0;
  const fitting = isTogether(playable.roles) ? "before" : "story";
  const options = isChosen ? given : { ...given, scenarios: [fitting] as const };
  const { scenarios, faults } = options;
  for (const name of scenarios) checkNeeds(name, needsOf(name), playable);
  for (const name of faults) checkNeeds(name, needsOfFault(faultOf(name)), playable);
  return { options, playable };
}

interface WatchOptions extends StartOptions {
  readonly seed: number;
  /** Whether to show a container's output, by its image. A plan's app may say why it does not answer. */
  readonly follows: ((image: string) => boolean) | undefined;
}

/** Plays a scenario with a live view in a terminal, otherwise with lines. */
async function watch(
  scenario: Scenario,
  setup: Setup,
  options: WatchOptions,
  signal: AbortSignal,
): Promise<Recording> {
  const { seed, follows } = options;
  const { name, title, description } = scenario;
  const what = `${name} in ${setup.environment}, seed ${seed}: ${title}. ${description}`;
  say(options, wrapped(what, columnsOf(outputOf(options)), 0));
  const isSeen = isScreen(process.stdout) && !options.json;
  const viewer = isSeen
    ? liveView(process.stdout, scenario, follows)
    : plainView(outputOf(options), follows);
  const pause = isSeen ? PAUSE_FOR_EYES : 0;
  return play({ scenario, setup, seed, signal, viewer, pause }).finally(() => viewer.close());
}

function say(options: StartOptions, text: string): void {
  outputOf(options).write(`${text}\n`);
}

/** The stream for text. */
function outputOf({ json }: StartOptions): NodeJS.WriteStream {
  return json ? process.stderr : process.stdout;
}
