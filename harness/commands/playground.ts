import { buildPackage } from "./build-package.ts";
import { orExit } from "./command-line.ts";
import { run } from "./interrupt.ts";
import { playgroundOptions } from "./playground-options.ts";

// `npm run playground`: an environment to watch and to break in a browser, the old setup beside it.

const options = orExit(() => playgroundOptions(process.argv.slice(2)));
run(async (signal) => {
  // Help and mistakes are told without the build, and without loading the stacks.
  await buildPackage();
  const { runPlayground } = await import("./run-playground.ts");
  return runPlayground(options, signal);
});
