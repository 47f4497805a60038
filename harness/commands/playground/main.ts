import { buildPackage } from "../shared/build-package.ts";
import { orExit } from "../../../command-line/options.ts";
import { run } from "../../../command-line/run-and-exit.ts";
import { checkFiles } from "../shared/options/options.ts";
import { playgroundOptions } from "./options.ts";

// `npm run playground`: shows an environment and the old setup in a browser, with buttons for faults.

const options = orExit(() => playgroundOptions(process.argv.slice(2)));
run(async (signal) => {
  checkFiles(options.plan ?? {});
  await buildPackage();
  const { runPlayground } = await import("./run-playground.ts");
  return runPlayground(options, signal);
});
