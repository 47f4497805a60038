import { execFile } from "node:child_process";
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { LARGEST_SEED } from "../plays/stage/random.ts";
import type { Recording } from "../plays/stage/recording.ts";
import { spreadOfPlays } from "../plays/stage/spread-of-plays.ts";
import type { ScenarioName } from "../plays/scenarios/list.ts";
import { redisVersion } from "../ecs/programs/redis-version.ts";
import { checkWritable, writeResults } from "../results/write-results.ts";
import type { FiguresOptions } from "./figures-options.ts";
import { installedSize } from "./shared/installed-size.ts";
import { isGood, playOnce } from "./scenarios/play-once.ts";
import { prepareMachine } from "./shared/prepare-machine.ts";

/** Those whose figures the pages tell. */
const SCENARIOS: readonly ScenarioName[] = ["before", "after", "migrate", "to-elasticache"];

const ROOT = join(import.meta.dirname, "../..");
const START_TIMEOUT = 300_000;

/** Measures what README and guides tell, one after the other. @returns the exit code */
export async function measureFigures(
  { times }: FiguresOptions,
  signal: AbortSignal,
): Promise<number> {
  checkWritable("figures");
  await prepareMachine();
  const seconds: number[] = [];
  for (let play = 0; play < times; play += 1) seconds.push(await timeOfStart(signal));
  const scenarios: Record<string, unknown> = {};
  for (const scenario of SCENARIOS) {
    scenarios[scenario] = spreadOfPlays(await playAll(scenario, times, signal));
  }
  const figures = {
    times,
    installed: await installedSize(),
    start: { least: Math.min(...seconds), most: Math.max(...seconds) },
    scenarios,
  };
  const versions = { redis: await redisVersion(process.env["REDIS_SERVER"] ?? "") };
  console.log(`wrote ${writeResults("figures", "npm run figures", figures, versions)}`);
  return 0;
}

/** Seconds that `npm start` takes, from the command to its end. */
async function timeOfStart(signal: AbortSignal): Promise<number> {
  const began = performance.now();
  const options = { cwd: ROOT, signal, timeout: START_TIMEOUT, maxBuffer: 2 ** 26 };
  await promisify(execFile)("npm", ["start"], { ...options, killSignal: "SIGINT" });
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  console.log(`✓ npm start in ${seconds} s`);
  return seconds;
}

/** @throws when a play fails: its figures would be of something else */
async function playAll(
  scenario: ScenarioName,
  times: number,
  signal: AbortSignal,
): Promise<Recording[]> {
  const recordings: Recording[] = [];
  for (let play = 0; play < times; play += 1) {
    const repetition = await playOnce(scenario, randomInt(LARGEST_SEED), signal);
    signal.throwIfAborted();
    if (repetition.recording === undefined || !isGood(repetition)) {
      const again = `npm start -- --scenario ${scenario} --seed ${repetition.seed}`;
      throw new Error(`a play failed, so nothing was written; see it again: ${again}`);
    }
    console.log(`✓ ${scenario} --seed ${repetition.seed}`);
    recordings.push(repetition.recording);
  }
  return recordings;
}
