import { buildPackage } from "../shared/build-package.ts";
import { orExit } from "../../../command-line/options.ts";
import { scenariosOptions } from "./options.ts";
import { run } from "../../../command-line/run-and-exit.ts";

// `npm run scenarios`: plays each scenario many times and prints how often each expectation held.

const options = orExit(() => scenariosOptions(process.argv.slice(2)));
run(async (signal) => {
  await buildPackage();
  const { repeatScenarios } = await import("./repeat-scenarios.ts");
  return repeatScenarios(options, signal);
});
