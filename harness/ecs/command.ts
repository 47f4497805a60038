#!/usr/bin/env node
import { HarnessError, invalid } from "./base/errors.ts";
import { messageOf } from "./base/message-of.ts";
import { HELP, runMovingRedis } from "./testing/command.ts";

// `npx local-ecs moving-redis`.

const [word = "", ...args] = process.argv.slice(2);
const isHelp = [word, ...args].some((each) => each === "--help" || each === "-h");

process.exit(await main());

/** @returns the exit code */
async function main(): Promise<number> {
  if (isHelp) {
    console.log(HELP);
    return 0;
  }
  try {
    if (word !== "moving-redis")
      throw invalid("a command is needed; allowed: moving-redis, --help");
    await runMovingRedis(args);
    return 0;
  } catch (error) {
    console.error(`local-ecs: ${messageOf(error)}`);
    return error instanceof HarnessError && error.code === "ERR_INVALID_ARG" ? 2 : 1;
  }
}
