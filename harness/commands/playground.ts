import { randomInt } from "node:crypto";
import { once } from "node:events";
import { environmentSetup, environmentNames } from "../plays/setups/environment-setup.ts";
import { choiceArgument, command, parsed, wholeNumber } from "./command-line.ts";
import { run } from "./interrupt.ts";
import { prepareMachine } from "./prepare-machine.ts";
import { LARGEST_SEED } from "../plays/stage/random.ts";
import { Playground } from "../views/playground/playground.ts";
import { renderReport } from "../views/report/report.ts";
import { servePlayground } from "../views/playground/server.ts";

// `npm run playground`: an environment to watch and to break in a browser.

const program = command(
  "npm run playground --",
  "Runs an environment in the local ECS and serves a page to watch it and to break it.",
)
  .addArgument(
    choiceArgument("[env]", "the environment (default: dev)", environmentNames).default("dev"),
  )
  .addOption(
    wholeNumber("--port <number>", "the page's port (default: any that is free)", [0, 65_535]),
  )
  .addOption(
    wholeNumber("--seed <number>", "repeats the draws of an earlier run", [0, LARGEST_SEED]),
  );

interface Options {
  readonly port?: number;
  readonly seed?: number;
}

async function main(
  environment: string,
  { port = 0, seed = randomInt(LARGEST_SEED) }: Options,
  signal: AbortSignal,
): Promise<number> {
  await prepareMachine();
  const setup = environmentSetup(environment);
  await using playground = await Playground.start({ setup, seed });
  signal.throwIfAborted();
  await using server = await servePlayground(playground, { port, renderReport });
  console.log(`${environment} at ${server.url}, seed ${seed}; Ctrl-C ends it`);
  if (!signal.aborted) await once(signal, "abort");
  return 0;
}

const options = parsed(program, process.argv.slice(2)) as Options;
run((signal) => main(String(program.processedArgs[0]), options, signal));
