import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { environments } from "../../environments.ts";
import { synthesize } from "../../stacks/synthesize.ts";
import { findRedisServer } from "../support/redis-server.ts";
import { environmentArrangement, environmentNames } from "./arrangements/environment.ts";
import { choice, command, parsed, usageError, wholeNumber } from "./command-line.ts";
import { run } from "./interrupt.ts";
import { play } from "./play.ts";
import type { Recording } from "./recording.ts";
import { renderReport } from "./report/report.ts";
import { scenarioList, scenarioOf, scenarios } from "./scenarios/index.ts";
import type { Scenario } from "./scenarios/scenario.ts";
import { LARGEST_SEED } from "./stage/random.ts";
import { failed } from "./stage/report.ts";
import { liveView, plainView } from "./view/audience.ts";
import { renderSummary } from "./view/summary-table.ts";

// `npm start`: synthesizes every environment, then plays scenarios in the local ECS.

/** Before each step, in ms: what changes is seen to change. */
const PAUSE_FOR_EYES = 2_000;

interface Options {
  readonly list?: true;
  readonly scenario: readonly string[];
  readonly env?: string;
  readonly seed?: number;
  readonly report?: string;
  readonly json?: true;
}

const names = scenarios.map(({ name }) => name);
const program = command("npm start --", "Plays scenarios in the local ECS.")
  .option("--list", "name the scenarios and what they show")
  .addOption(
    choice("--scenario <name...>", "what is played, one after the other", names).default(
      [names[0]],
      String(names[0]),
    ),
  )
  .addOption(
    choice("--env <name>", "the environment it is played in (default: dev)", environmentNames),
  )
  .addOption(
    wholeNumber("--seed <number>", "repeats the draws of an earlier play", [0, LARGEST_SEED]),
  )
  .option("--report <file>", "write a page that shows what was played, before beside after")
  .option("--json", "write the recordings to standard output, and nothing else");

async function main(options: Options, signal: AbortSignal): Promise<number> {
  const chosen = options.scenario.map(scenarioOf);
  if (options.env !== undefined && chosen.every(({ arrangement }) => arrangement)) {
    usageError(`--env: ${options.scenario.join(", ")} has a stack of its own; leave --env out`);
  }
  if (options.report !== undefined && !existsSync(dirname(options.report))) {
    usageError(`--report: there is no folder ${dirname(options.report)}`);
  }
  process.env["REDIS_SERVER"] = await findRedisServer();
  const outdir = process.env["CDKTF_OUTDIR"] ?? join(import.meta.dirname, "../../cdktf.out");
  const written = synthesize(environments, { outdir }).map(({ environment }) => environment);
  say(options, `synthesized ${written.join(", ")}`);
  const seed = options.seed ?? randomInt(LARGEST_SEED);
  const recordings: Recording[] = [];
  for (const scenario of chosen) {
    const recording = await watch(scenario, options, seed, signal);
    recordings.push(recording);
    say(options, renderSummary(recording));
  }
  if (options.report !== undefined) {
    await writeFile(options.report, renderReport(recordings));
    say(options, `wrote ${options.report}`);
  }
  if (options.json) process.stdout.write(`${JSON.stringify(recordings, undefined, 2)}\n`);
  return recordings.every((recording) => failed(recording).length === 0) ? 0 : 1;
}

/** Plays a scenario for those who watch: a picture in a terminal, lines elsewhere. */
async function watch(
  scenario: Scenario,
  options: Options,
  seed: number,
  signal: AbortSignal,
): Promise<Recording> {
  const arrangement = (
    scenario.arrangement ?? (() => environmentArrangement(options.env ?? "dev"))
  )();
  say(options, `${scenario.name} in ${arrangement.environment}, seed ${seed}: ${scenario.title}`);
  const isSeen = process.stdout.isTTY && !options.json;
  const audience = isSeen ? liveView(process.stdout, scenario) : plainView(outputOf(options));
  const pause = isSeen ? PAUSE_FOR_EYES : 0;
  return play({ scenario, arrangement, seed, signal, audience, pause }).finally(() =>
    audience.close(),
  );
}

function say(options: Options, text: string): void {
  outputOf(options).write(`${text}\n`);
}

/** Where words for people go. */
function outputOf({ json }: Options): NodeJS.WriteStream {
  return json ? process.stderr : process.stdout;
}

const options = parsed(program, process.argv.slice(2)) as Options;
if (options.list) console.log(scenarioList());
else run((signal) => main(options, signal));
