import { buildPackage } from "./build-package.ts";
import { orExit } from "./command-line.ts";
import { run } from "./interrupt.ts";
import { localOptions } from "./local-options.ts";

// `npm run local`: an environment on this machine, with the user's own program as the app.

const options = orExit(() => localOptions(process.argv.slice(2)));
run(async (signal) => {
  await buildPackage();
  const { runLocal } = await import("./run-local.ts");
  return runLocal(options, signal);
});
