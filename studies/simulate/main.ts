import { orExit } from "../../command-line/options.ts";
import { run } from "../../command-line/run-and-exit.ts";
import { simulateOptions } from "./options.ts";

// `npm run simulate --prefix studies`: moves Redis under simulated clients. The simulation takes seconds to load, so the
// arguments are checked first.

const options = orExit(() => simulateOptions(process.argv.slice(2)));
run(async (signal) => {
  const { simulate } = await import("./simulate.ts");
  return simulate(options, signal);
});
