import { buildPackage } from "./build-package.ts";
import { orExit } from "./command-line.ts";
import { scenariosOptions } from "./scenarios-options.ts";
import { run } from "./interrupt.ts";

// `npm run scenarios`: plays each scenario many times, and prints how often each expectation held.

const options = orExit(() => scenariosOptions(process.argv.slice(2)));
run(async (signal) => {
  await buildPackage();
  const { repeatScenarios } = await import("./repeat-scenarios.ts");
  return repeatScenarios(options, signal);
});
