import { orExit } from "../../harness/commands/command-line.ts";
import { run } from "../../harness/commands/interrupt.ts";
import { simulateOptions } from "./options.ts";

// `npm run simulate`: Redis moves under simulated clients. A help text and a mistake in the arguments do not need the
// stacks, which take seconds to load.

const options = orExit(() => simulateOptions(process.argv.slice(2)));
run(async (signal) => {
  const { simulate } = await import("./simulate.ts");
  return simulate(options, signal);
});
