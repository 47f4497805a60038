import { randomInt } from "node:crypto";
import { LARGEST_SEED } from "../../plays/stage/random.ts";
import { planned } from "../../soak/schedule.ts";
import { scheduleLines } from "../../views/soak-lines.ts";
import { buildPackage } from "../shared/build-package.ts";
import { orExit } from "../../../command-line/options.ts";
import { soakOptions } from "./options.ts";
import { run } from "../../../command-line/run-and-exit.ts";

// `npm run soak`: plays random faults under load and checks what the clients saw. `--list` does not load the build
// or the stacks, which takes seconds.

const options = orExit(() => soakOptions(process.argv.slice(2)));
run(async (signal) => {
  const seed = options.seed ?? randomInt(LARGEST_SEED);
  const schedule = planned(seed, options.length);
  console.log(scheduleLines(seed, schedule.rounds));
  if (options.list) return 0;
  await buildPackage();
  const { runSoak } = await import("./run-soak.ts");
  return runSoak(options, { seed, ...schedule }, signal);
});
