import { orExit } from "../../command-line/options.ts";
import { run } from "../../command-line/run-and-exit.ts";
import { simulateOptions } from "./options.ts";

// `npm run simulate --prefix studies`: Redis moves under simulated clients. A help text and a mistake in the arguments do not need the
// stacks, which take seconds to load.

const options = orExit(() => simulateOptions(process.argv.slice(2)));
run(async (signal) => {
  const { simulate } = await import("./simulate.ts");
  return simulate(options, signal);
});
