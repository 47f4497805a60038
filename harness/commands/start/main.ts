import { scenarioList } from "../../views/terminal/scenario-list.ts";
import { columnsOf } from "../../views/terminal/wrap.ts";
import { buildPackage } from "../shared/build-package.ts";
import { orExit } from "../../../command-line/options.ts";
import { run } from "../../../command-line/run-and-exit.ts";
import { checkFiles } from "../shared/options/options.ts";
import { startOptions } from "./options.ts";

// `npm start`: plays scenarios. A list, a help text or a usage error does not load the build or the stacks, which
// takes seconds.

const options = orExit(() => startOptions(process.argv.slice(2)));
run(async (signal) => {
  if (options.list) {
    console.log(scenarioList(columnsOf(process.stdout)));
    return 0;
  }
  checkFiles(options.plan ?? {});
  await buildPackage();
  const { playScenarios } = await import("./play-scenarios.ts");
  return playScenarios(options, signal);
});
